// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
internal import SystemPackage

/// A filesystem in memory that begins with what the root filesystem has at a place.
///
/// The root filesystem may be hostile: the place is resolved inside it, below that every name is opened without following
/// a link, and devices are left out.
struct CopyUp {
    let target: FilePath
    let options: [Mount.FilesystemOption]
    let attributes: UInt64

    /// What one copy may hold; a file is copied as a whole or the copy fails.
    private static let depthLimit = 64

    /// Makes the filesystem's mount, attached nowhere.
    func make(from root: borrowing Descriptor) throws -> Descriptor {
        do throws(Errno) {
            let context = try Descriptor.take(nestbox_fsopen("tmpfs"))
            for option in options {
                if option.value.isEmpty {
                    try context.setFlag(option.key)
                } else {
                    try context.configure(option.key, option.value)
                }
            }
            try context.create()
            let mount = try Descriptor.take(nestbox_fsmount(context.rawValue, 0)).aboveStandardStreams()
            try fill(mount, from: root)
            try mount.change(MountChange(set: attributes).normalized)
            return mount
        } catch {
            throw ContainerError(
                .mount,
                "what is at '\(target)' can't be copied into memory",
                operation: "copy up",
                path: target,
                errno: error
            )
        }
    }

    private func fill(_ mount: borrowing Descriptor, from root: borrowing Descriptor) throws(Errno) {
        let resolve = UInt64(NESTBOX_RESOLVE_IN_ROOT | NESTBOX_RESOLVE_NO_MAGICLINKS)
        let flags = UInt64(O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK)
        let opened = nestbox_openat2(root.rawValue, target.relativeToRoot.string, flags, 0, resolve)
        if opened == -ENOENT || opened == -ENOTDIR { return }
        let source = try Descriptor.take(opened)
        let destination = try Descriptor.take(openat(mount.rawValue, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        try copyContents(of: source.rawValue, to: destination.rawValue, depth: 0)
        if !options.contains(where: { $0.key == "mode" }) {
            try copyAttributes(of: source.rawValue, to: destination.rawValue)
        }
    }

    private func copyContents(of source: CInt, to destination: CInt, depth: Int) throws(Errno) {
        if depth > Self.depthLimit { throw .tooManySymbolicLinkLevels }
        for name in try names(in: source) {
            var status = stat()
            guard fstatat(source, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { throw Errno(rawValue: Glibc.errno) }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try copyDirectory(name, status, source, destination, depth)
            case S_IFREG: try copyFile(name, source, destination)
            case S_IFLNK: try copyLink(name, source, destination)
            default: continue
            }
            fchownat(destination, name, status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW)
            if status.st_mode & S_IFMT != S_IFLNK { fchmodat(destination, name, status.st_mode & 0o7777, 0) }
            let times = [status.st_atim, status.st_mtim]
            utimensat(destination, name, times, AT_SYMLINK_NOFOLLOW)
        }
    }

    private func copyDirectory(_ name: String, _ status: stat, _ source: CInt, _ destination: CInt, _ depth: Int)
        throws(Errno)
    {
        guard mkdirat(destination, name, 0o700) == 0 else { throw Errno(rawValue: Glibc.errno) }
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let from = try descriptor(openat(source, name, flags))
        let to = try descriptor(openat(destination, name, flags))
        try copyContents(of: from.rawValue, to: to.rawValue, depth: depth + 1)
    }

    private func copyFile(_ name: String, _ source: CInt, _ destination: CInt) throws(Errno) {
        let from = try descriptor(openat(source, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK))
        let to = try descriptor(openat(destination, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600))
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(from.rawValue, &chunk, chunk.count)
            if count == 0 { return }
            guard count > 0, Glibc.write(to.rawValue, chunk, count) == count else { throw Errno(rawValue: Glibc.errno) }
        }
    }

    private func copyLink(_ name: String, _ source: CInt, _ destination: CInt) throws(Errno) {
        var text = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        guard readlinkat(source, name, &text, Int(PATH_MAX)) >= 0, symlinkat(text, destination, name) == 0 else {
            throw Errno(rawValue: Glibc.errno)
        }
    }

    private func copyAttributes(of source: CInt, to destination: CInt) throws(Errno) {
        var status = stat()
        guard fstat(source, &status) == 0, fchown(destination, status.st_uid, status.st_gid) == 0,
            fchmod(destination, status.st_mode & 0o7777) == 0
        else { throw Errno(rawValue: Glibc.errno) }
    }

    private func descriptor(_ result: CInt) throws(Errno) -> Descriptor {
        guard result >= 0 else { throw Errno(rawValue: Glibc.errno) }
        return Descriptor(owning: result)
    }

    private func names(in directory: CInt) throws(Errno) -> [String] {
        let duplicate = fcntl(directory, F_DUPFD_CLOEXEC, 3)
        guard duplicate >= 0, let stream = fdopendir(duplicate) else { throw Errno(rawValue: Glibc.errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
