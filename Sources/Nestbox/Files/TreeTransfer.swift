// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc
internal import SystemPackage

/// Copies files from one tree into another, for `cp`.
///
/// Each entry is opened from its directory's descriptor and no link is followed, so that neither side can lead the copy
/// elsewhere, whatever its programs change meanwhile. Devices and sockets are not copied.
struct TreeTransfer {
    /// Whether owners are kept; otherwise what is copied belongs to who copies.
    var keepsOwners = false
    /// Files that were left out: devices and sockets.
    private(set) var leftOut: [String] = []
    private let sourceOwners: FileOwners
    private let targetOwners: FileOwners

    init(
        keepsOwners: Bool = false,
        from sourceOwners: FileOwners = FileOwners(users: nil),
        to targetOwners: FileOwners = FileOwners(users: nil)
    ) {
        self.keepsOwners = keepsOwners
        self.sourceOwners = sourceOwners
        self.targetOwners = targetOwners
    }

    /// Copies an entry of one directory into another, under a name of its own.
    mutating func copy(_ name: String, in source: CInt, to newName: String, in target: CInt) throws(SystemFailure) {
        var status = stat()
        guard fstatat(source, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { throw .last("fstatat", FilePath(name)) }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: try copyDirectory(name, in: source, to: newName, in: target)
        case S_IFREG: try copyFile(name, in: source, to: newName, in: target)
        case S_IFLNK: try copyLink(name, in: source, to: newName, in: target, status)
        case S_IFIFO:
            try replace(newName, in: target) { mkfifoat(target, newName, status.st_mode & 0o7777) }
            try setOwner(newName, in: target, status)
        default: leftOut.append(name)
        }
    }

    /// Copies what is in one directory into another.
    mutating func copyContents(of source: CInt, to target: CInt) throws(SystemFailure) {
        for name in try names(in: source) { try copy(name, in: source, to: name, in: target) }
    }

    private mutating func copyDirectory(
        _ name: String,
        in source: CInt,
        to newName: String,
        in target: CInt
    ) throws(SystemFailure) {
        let from = try open(name, in: source, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        defer { close(from) }
        guard mkdirat(target, newName, 0o700) == 0 || errno == EEXIST else { throw .last("mkdirat", FilePath(newName)) }
        let to = try open(newName, in: target, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        defer { close(to) }
        do throws(SystemFailure) {
            try copyContents(of: from, to: to)
        } catch {
            throw error.inside(name)
        }
        try copyAttributes(of: from, to: to, name)
    }

    private func copyFile(_ name: String, in source: CInt, to newName: String, in target: CInt) throws(SystemFailure) {
        // Not blocking: what was a file a moment ago may be a pipe by now.
        let from = try open(name, in: source, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        defer { close(from) }
        var status = stat()
        guard fstat(from, &status) == 0 else { throw .last("fstat", FilePath(name)) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw SystemFailure("open", FilePath(name), .invalidArgument) }
        let to = try create(newName, in: target)
        defer { close(to) }
        try copyBytes(from, to, name)
        try copyAttributes(of: from, to: to, name)
    }

    /// Opens the file to be written; what is there and no file makes room, but for directories.
    private func create(_ name: String, in target: CInt) throws(SystemFailure) -> CInt {
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
        let present = openat(target, name, flags, 0o600)
        if present >= 0 {
            var status = stat()
            if fstat(present, &status) == 0, status.st_mode & S_IFMT == S_IFREG { return present }
            close(present)
        }
        guard unlinkat(target, name, 0) == 0 || errno == ENOENT else { throw .last("unlinkat", FilePath(name)) }
        let made = openat(target, name, flags | O_EXCL, 0o600)
        guard made >= 0 else { throw .last("openat", FilePath(name)) }
        return made
    }

    private func copyBytes(_ from: CInt, _ to: CInt, _ name: String) throws(SystemFailure) {
        var chunk = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(from, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .last("read", FilePath(name)) }
            if count == 0 { return }
            do {
                try FileDescriptor(rawValue: to).writeAll(chunk[..<count])
            } catch {
                throw SystemFailure("write", FilePath(name), error as? Errno ?? .ioError)
            }
        }
    }

    private func copyLink(
        _ name: String,
        in source: CInt,
        to newName: String,
        in target: CInt,
        _ status: stat
    ) throws(SystemFailure) {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlinkat(source, name, &buffer, Int(PATH_MAX))
        guard count >= 0 else { throw .last("readlinkat", FilePath(name)) }
        try replace(newName, in: target) { symlinkat(buffer, target, newName) }
        try setOwner(newName, in: target, status)
    }

    private func replace(_ name: String, in target: CInt, _ make: () -> CInt) throws(SystemFailure) {
        if make() == 0 { return }
        guard errno == EEXIST, unlinkat(target, name, 0) == 0, make() == 0 else {
            throw .last("create", FilePath(name))
        }
    }

    private func setOwner(_ name: String, in target: CInt, _ status: stat) throws(SystemFailure) {
        guard keepsOwners else { return }
        let owner = try owner(of: status, name)
        guard fchownat(target, name, owner.user, owner.group, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw .last("fchownat", FilePath(name))
        }
    }

    /// Whom the copy belongs to: the same as the one that the source's side sees, as the target's side has it.
    private func owner(of status: stat, _ name: String) throws(SystemFailure) -> (user: UInt32, group: UInt32) {
        let inside = sourceOwners.inside(user: status.st_uid, group: status.st_gid)
        guard let owner = targetOwners.outside(user: inside.user, group: inside.group) else {
            throw SystemFailure("chown", FilePath(name), .overflow)
        }
        return owner
    }

    /// Owner first: a change of it takes the set-user-id bits away.
    private func copyAttributes(of source: CInt, to target: CInt, _ name: String) throws(SystemFailure) {
        var status = stat()
        guard fstat(source, &status) == 0 else { throw .last("fstat", FilePath(name)) }
        if keepsOwners {
            let owner = try owner(of: status, name)
            guard fchown(target, owner.user, owner.group) == 0 else { throw .last("fchown", FilePath(name)) }
        }
        guard fchmod(target, status.st_mode & 0o7777) == 0 else { throw .last("fchmod", FilePath(name)) }
        let times = [status.st_atim, status.st_mtim]
        guard futimens(target, times) == 0 else { throw .last("futimens", FilePath(name)) }
    }

    private func open(_ name: String, in directory: CInt, _ flags: CInt) throws(SystemFailure) -> CInt {
        let descriptor = openat(directory, name, flags | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("openat", FilePath(name)) }
        return descriptor
    }

    private func names(in directory: CInt) throws(SystemFailure) -> [String] {
        let copy = try open(".", in: directory, O_RDONLY | O_DIRECTORY)
        guard let stream = fdopendir(copy) else {
            close(copy)
            throw .last("fdopendir")
        }
        defer { closedir(stream) }
        return Directory.names(of: stream)
    }
}
