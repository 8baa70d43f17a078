// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// Copies a tree of files with everything that belongs to it: owners, modes, times, extended attributes, hard links,
/// holes, special files.
///
/// No link is followed, on either side: each entry is opened from its directory's descriptor.
struct TreeCopy: ~Copyable {
    private var content = FileContent()
    /// Where the first name of each file with several names went, as a path from the target's root.
    private var firstNames: [FileStatus.Inode: EntryName] = [:]
    private let targetRoot: CInt
    private let root: FilePath

    /// Copies what is in the directory `source` into the directory `target`, which should be empty, and gives `target`
    /// the attributes of `source`.
    ///
    /// It is in the page cache when this returns; see ``sync(_:)``.
    ///
    /// - Parameters:
    ///   - source: The directory to copy from, open for reading.
    ///   - target: The directory to copy to, open for reading.
    ///   - path: The target's path, for errors.
    /// - Throws: ``VolumeError`` at the first entry that can't be copied whole.
    static func copyContents(
        from source: FileDescriptor,
        to target: FileDescriptor,
        path: FilePath
    ) throws(VolumeError) {
        var copy = TreeCopy(targetRoot: target.rawValue, root: path)
        try copy.copyDirectory(from: source.rawValue, to: target.rawValue, relative: "")
    }

    /// Writes everything of the filesystem under `directory` to the disk.
    ///
    /// For a tree of many files that is far quicker than a sync of each.
    static func sync(_ directory: FileDescriptor, path: FilePath) throws(VolumeError) {
        try FaultPoint.pass("syncfs", path)
        guard Libc.syncFilesystem(directory.rawValue) == 0 else { throw .system("syncfs", path) }
    }

    private init(targetRoot: CInt, root: FilePath) {
        self.targetRoot = targetRoot
        self.root = root
    }

    /// The whole path, which only errors need.
    private func path(_ relative: EntryName) -> FilePath {
        root.appending(relative.text)
    }

    private mutating func copyDirectory(from source: CInt, to target: CInt, relative: EntryName) throws(VolumeError) {
        let reader = try DirectoryReader(listing: source, path: path(relative))
        while let name = try reader.next() {
            try copyEntry(name, from: source, to: target, relative: relative.appending(name))
        }
        try FileAttributes.of(source, path: path(relative)).apply(to: target, path: path(relative))
    }

    private mutating func copyEntry(
        _ name: EntryName,
        from source: CInt,
        to target: CInt,
        relative: EntryName
    ) throws(VolumeError) {
        // Nil: somebody still works in the tree and has removed it since it was listed.
        guard let status = try FileStatus(name, in: source, path: path(relative)) else { return }
        if status.hasSeveralNames {
            if let first = firstNames[status.inode] {
                guard linkat(targetRoot, first.bytes, target, name.bytes, 0) == 0 else {
                    throw .system("linkat", path(relative))
                }
                return
            }
            firstNames[status.inode] = relative
        }
        switch status.kind {
        case .directory: try copySubdirectory(name, from: source, to: target, relative: relative)
        case .regular: try copyFile(name, from: source, to: target, relative: relative)
        case .link: try copyLink(name, status, from: source, to: target, relative: relative)
        case .socket, .special: try copySpecial(name, status, from: source, to: target, relative: relative)
        }
    }

    private mutating func copySubdirectory(
        _ name: EntryName,
        from source: CInt,
        to target: CInt,
        relative: EntryName
    ) throws(VolumeError) {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let from = openat(source, name.bytes, flags)
        guard from >= 0 else { throw .system("open", path(relative)) }
        defer { close(from) }
        guard mkdirat(target, name.bytes, 0o700) == 0 else { throw .system("mkdirat", path(relative)) }
        let to = openat(target, name.bytes, flags)
        guard to >= 0 else { throw .system("open", path(relative)) }
        defer { close(to) }
        try copyDirectory(from: from, to: to, relative: relative)
    }

    private mutating func copyFile(
        _ name: EntryName,
        from source: CInt,
        to target: CInt,
        relative: EntryName
    ) throws(VolumeError) {
        // O_NONBLOCK: should the file have become a FIFO since, the open must not hang.
        let from = openat(source, name.bytes, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard from >= 0 else { throw .system("open", path(relative)) }
        defer { close(from) }
        let status = try FileStatus(from, path: path(relative))
        guard status.kind == .regular else {
            throw .system(
                "open",
                path(relative),
                errno: .resourceTemporarilyUnavailable,
                "A file changed its kind while it was copied."
            )
        }
        try FaultPoint.pass("open", path(relative))
        let to = openat(target, name.bytes, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard to >= 0 else { throw .system("open", path(relative)) }
        defer { close(to) }
        let root = root
        try content.copy(
            from: from,
            to: to,
            size: status.size,
            isDense: status.isDense,
            path: root.appending(relative.text)
        )
        let extended = try ExtendedAttributes.all(of: from, path: path(relative))
        try FileAttributes(status, extended: extended).apply(to: to, path: path(relative))
    }

    private func copyLink(
        _ name: EntryName,
        _ status: FileStatus,
        from source: CInt,
        to target: CInt,
        relative: EntryName
    ) throws(VolumeError) {
        var destination = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let length = readlinkat(source, name.bytes, &destination, Int(PATH_MAX))
        guard length >= 0 else { throw .system("readlinkat", path(relative)) }
        destination[length] = 0
        guard symlinkat(destination, target, name.bytes) == 0 else { throw .system("symlinkat", path(relative)) }
        try carryAttributes(status, name, from: source, to: target, relative: relative)
    }

    private func copySpecial(
        _ name: EntryName,
        _ status: FileStatus,
        from source: CInt,
        to target: CInt,
        relative: EntryName
    ) throws(VolumeError) {
        let mode = status.mode & S_IFMT | 0o600
        guard mknodat(target, name.bytes, mode, status.representedDevice) == 0 else {
            throw .system("mknodat", path(relative))
        }
        try carryAttributes(status, name, from: source, to: target, relative: relative)
    }

    private func carryAttributes(
        _ status: FileStatus,
        _ name: EntryName,
        from source: CInt,
        to target: CInt,
        relative: EntryName
    ) throws(VolumeError) {
        let original = EntryName("/proc/self/fd/\(source)").appending(name)
        let extended = try ExtendedAttributes.all(of: original, path: path(relative))
        let isLink = status.kind == .link
        try FileAttributes(status, extended: extended)
            .apply(toUnopened: name, in: target, isLink: isLink, path: path(relative))
    }
}
