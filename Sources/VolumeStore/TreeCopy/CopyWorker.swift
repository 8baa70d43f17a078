// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// Copies one directory after the other, as one thread of a ``TreeCopy``.
struct CopyWorker: ~Copyable {
    private let work: CopyWork
    private let links: LinkedFiles
    private let root: FilePath
    private var content = FileContent()

    init(work: CopyWork, links: LinkedFiles, root: FilePath) {
        self.work = work
        self.links = links
        self.root = root
    }

    /// Works until nothing is left.
    mutating func run() {
        while let directory = work.next() {
            do {
                try copy(directory)
                work.finish(nil)
            } catch {
                work.finish(error)
            }
        }
    }

    /// The whole path, which only errors need.
    private func path(_ directory: DirectoryPair, _ name: EntryName = "") -> FilePath {
        root.appending((name == "" ? directory.relative : directory.relative.appending(name)).text)
    }

    private mutating func copy(_ directory: DirectoryPair) throws(VolumeError) {
        // What is left after a failure is not worth the time.
        guard work.error == nil else { return }
        let reader = try DirectoryReader(listing: directory.source, path: path(directory))
        var hasLinks = false
        while let (name, kind) = try reader.nextEntry() {
            if try !copy(name, kind, in: directory) { hasLinks = true }
        }
        let attributes = try FileAttributes.of(directory.source, path: path(directory))
        if hasLinks { return links.postpone(attributes, of: directory.relative) }
        try attributes.apply(to: directory.target, path: path(directory))
    }

    /// Copies one entry.
    ///
    /// - Returns: False if it is to become a link later.
    private mutating func copy(
        _ name: EntryName,
        _ kind: FileStatus.Kind?,
        in directory: DirectoryPair
    ) throws(VolumeError) -> Bool {
        switch kind {
        case .directory:
            try copyDirectory(name, in: directory)
            return true
        case .regular:
            return try copyFile(name, in: directory)
        case .link, .socket, .special, nil:
            // Nil: somebody still works in the tree and has removed it since it was listed.
            guard let status = try FileStatus(name, in: directory.source, path: path(directory, name)) else {
                return true
            }
            switch status.kind {
            case .directory, .regular: return try copy(name, status.kind, in: directory)
            case .link, .socket, .special: return try copyOther(name, status, in: directory)
            }
        }
    }

    private mutating func copyDirectory(_ name: EntryName, in directory: DirectoryPair) throws(VolumeError) {
        guard let below = try directory.descend(name, path: path(directory, name)) else { return }
        if work.isHungry { work.add(below) } else { try copy(below) }
    }

    private mutating func copyFile(_ name: EntryName, in directory: DirectoryPair) throws(VolumeError) -> Bool {
        // O_NONBLOCK: should the file have become a FIFO since, the open must not hang.
        let from = openat(directory.source, name.bytes, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard from >= 0 else {
            if Errno.last == .noSuchFileOrDirectory { return true }
            throw .system("open", path(directory, name))
        }
        defer { close(from) }
        let status = try FileStatus(from, path: path(directory, name))
        guard status.kind == .regular else {
            throw .system(
                "open",
                path(directory, name),
                errno: .resourceTemporarilyUnavailable,
                "a file changed its kind while it was copied"
            )
        }
        if status.hasSeveralNames, !links.isFirst(status.inode, directory.relative.appending(name)) { return false }
        try FaultPoint.pass("open", path(directory, name))
        let to = openat(directory.target, name.bytes, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard to >= 0 else { throw .system("open", path(directory, name)) }
        defer { close(to) }
        try copyContent(from: from, to: to, status, name, in: directory)
        let extended = try ExtendedAttributes.all(of: from, path: path(directory, name))
        try FileAttributes(status, extended: extended).apply(to: to, path: path(directory, name))
        return true
    }

    private mutating func copyContent(
        from source: CInt,
        to target: CInt,
        _ status: FileStatus,
        _ name: EntryName,
        in directory: DirectoryPair
    ) throws(VolumeError) {
        let root = root
        try content.copy(
            from: source,
            to: target,
            size: status.size,
            isDense: status.isDense,
            path: root.appending(directory.relative.appending(name).text)
        )
    }

    private func copyOther(
        _ name: EntryName,
        _ status: FileStatus,
        in directory: DirectoryPair
    ) throws(VolumeError) -> Bool {
        if status.hasSeveralNames, !links.isFirst(status.inode, directory.relative.appending(name)) { return false }
        if status.kind == .link {
            try copyLink(name, in: directory)
        } else {
            let mode = status.mode & S_IFMT | 0o600
            guard mknodat(directory.target, name.bytes, mode, status.representedDevice) == 0 else {
                throw .system("mknodat", path(directory, name))
            }
        }
        let original = EntryName("/proc/self/fd/\(directory.source)").appending(name)
        let extended = try ExtendedAttributes.all(of: original, path: path(directory, name))
        try FileAttributes(status, extended: extended).apply(
            toUnopened: name,
            in: directory.target,
            isLink: status.kind == .link,
            path: path(directory, name)
        )
        return true
    }

    private func copyLink(_ name: EntryName, in directory: DirectoryPair) throws(VolumeError) {
        var destination = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let length = readlinkat(directory.source, name.bytes, &destination, Int(PATH_MAX))
        guard length >= 0 else { throw .system("readlinkat", path(directory, name)) }
        destination[length] = 0
        guard symlinkat(destination, directory.target, name.bytes) == 0 else {
            throw .system("symlinkat", path(directory, name))
        }
    }
}
