// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CArchive
import Glibc
import SystemPackage

/// Makes the files of an archive below one directory.
///
/// An archive is hostile until proven otherwise: each path is walked from the directory's descriptor, name by name and
/// never through a link, so neither `..`, nor an absolute path, nor a link made by an earlier entry leads out.
struct TreeImport: ~Copyable {
    private let root: CInt
    private let path: FilePath
    /// Directories get their attributes last: writing into them would change the times, or not be allowed any more.
    private var directories: [(name: EntryName, attributes: FileAttributes)] = []

    private init(_ root: CInt, path: FilePath) {
        self.root = root
        self.path = path
    }

    /// Reads the archive into the directory at `path`.
    static func run(from stream: ArchiveStream, to path: FilePath) throws(VolumeError) -> ArchiveSummary {
        let directory = try Directory.open(path)
        defer { try? directory.close() }
        var tree = TreeImport(directory.rawValue, path: path)
        let reader = try ArchiveReader.open(stream)
        let entry = try ArchiveEntry()
        while try reader.next(entry) { try tree.make(entry, reader) }
        try tree.finishDirectories()
        try stream.drain()
        try TreeCopy.sync(directory, path: path)
        return ArchiveSummary(
            entries: stream.progress.entries,
            archiveBytes: stream.progress.archiveBytes,
            digest: stream.digest
        )
    }

    private mutating func make(
        _ entry: borrowing ArchiveEntry,
        _ reader: borrowing ArchiveReader
    ) throws(VolumeError) {
        let names = try ArchivePath.components(of: try entry.path)
        guard let last = names.last else {
            // The archive's own top.
            directories.append((".", entry.attributes))
            return
        }
        let parent = try open(names.dropLast())
        defer { close(parent) }
        let name = ArchivePath.joined(names)
        if entry.kind == S_IFDIR, entry.hardLink == nil {
            _ = try openDirectory(last, in: parent, name, closing: true)
            directories.append((name, entry.attributes))
            return
        }
        // A later entry of the same name replaces the earlier, as tar has always done.
        if unlinkat(parent, last.bytes, 0) != 0, Errno.last != .noSuchFileOrDirectory {
            guard Errno.last != .isDirectory else {
                throw VolumeError(
                    .invalidArchive,
                    "the archive has '\(name.text)' as a directory and as something else"
                )
            }
            throw .system("unlinkat", whole(name))
        }
        if let target = entry.hardLink {
            try link(target, to: last, in: parent, name)
        } else {
            try makeFile(last, in: parent, name, entry, reader)
        }
    }

    private func makeFile(
        _ last: EntryName,
        in parent: CInt,
        _ name: EntryName,
        _ entry: borrowing ArchiveEntry,
        _ reader: borrowing ArchiveReader
    ) throws(VolumeError) {
        switch entry.kind {
        case S_IFREG:
            let file = openat(parent, last.bytes, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            guard file >= 0 else { throw .system("open", whole(name)) }
            defer { close(file) }
            try reader.extractContent(to: file, path: whole(name))
            guard ftruncate(file, Int(archive_entry_size(entry.pointer))) == 0 else {
                throw .system("ftruncate", whole(name))
            }
            try entry.attributes.apply(to: file, path: whole(name))
        case S_IFLNK:
            guard symlinkat(try entry.destination.bytes, parent, last.bytes) == 0 else {
                throw .system("symlinkat", whole(name))
            }
            try entry.attributes.apply(toUnopened: last, in: parent, isLink: true, path: whole(name))
        case S_IFIFO, S_IFCHR, S_IFBLK:
            guard mknodat(parent, last.bytes, entry.kind | 0o600, archive_entry_rdev(entry.pointer)) == 0 else {
                throw .system("mknodat", whole(name))
            }
            try entry.attributes.apply(toUnopened: last, in: parent, isLink: false, path: whole(name))
        default:
            throw VolumeError(.invalidArchive, "the archive has an entry '\(name.text)' of an unknown kind")
        }
    }

    private func link(_ target: EntryName, to last: EntryName, in parent: CInt, _ name: EntryName) throws(VolumeError) {
        let names = try ArchivePath.components(of: target)
        guard let targetName = names.last else {
            throw VolumeError(.invalidArchive, "the archive has a hard link '\(name.text)' to a directory")
        }
        let directory = try open(names.dropLast())
        defer { close(directory) }
        guard linkat(directory, targetName.bytes, parent, last.bytes, 0) == 0 else {
            guard Errno.last != .noSuchFileOrDirectory else {
                throw VolumeError(
                    .invalidArchive,
                    "the archive has a hard link '\(name.text)' to '\(target.text)', which it doesn't hold before it"
                )
            }
            throw .system("linkat", whole(name))
        }
    }

    /// Opens a directory of the tree, and makes those on the way that the archive has no entry for.
    ///
    /// The caller closes it.
    private func open(_ names: ArraySlice<EntryName>) throws(VolumeError) -> CInt {
        var current = fcntl(root, F_DUPFD_CLOEXEC, 0)
        guard current >= 0 else { throw .system("fcntl", path) }
        var walked: [EntryName] = []
        for name in names {
            walked.append(name)
            let parent = current
            defer { close(parent) }
            current = try openDirectory(name, in: parent, ArchivePath.joined(walked))
        }
        return current
    }

    private func openDirectory(
        _ last: EntryName,
        in parent: CInt,
        _ name: EntryName,
        closing: Bool = false
    ) throws(VolumeError) -> CInt {
        if mkdirat(parent, last.bytes, 0o755) != 0, Errno.last != .fileExists {
            throw .system("mkdirat", whole(name))
        }
        let directory = openat(parent, last.bytes, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard directory >= 0 else {
            guard Errno.last != .notDirectory, Errno.last != .tooManySymbolicLinkLevels else {
                throw VolumeError(
                    .invalidArchive,
                    "the archive uses '\(name.text)' as a directory, after it made something else of it"
                )
            }
            throw .system("openat", whole(name))
        }
        if closing { close(directory) }
        return directory
    }

    private func finishDirectories() throws(VolumeError) {
        for (name, attributes) in directories.reversed() {
            let directory = try open(try ArchivePath.components(of: name)[...])
            defer { close(directory) }
            try attributes.apply(to: directory, path: whole(name))
        }
    }

    private func whole(_ name: EntryName) -> FilePath {
        path.appending(name.text)
    }
}
