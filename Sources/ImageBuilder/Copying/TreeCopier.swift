// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CLinux
import Glibc
import ImageStore

/// Copies selected files into a tree.
///
/// What happens to names, links and directories that are there already is what BuildKit does: a directory's content is
/// merged into the destination, a file replaces a file, and the destination's own links are followed within its root.
final class TreeCopier {
    let destination: TreeRoot
    /// Who copies, and directories made for them, belong to; nil for the sources' owners.
    var owner: FileOwner?
    var mode: ModeChange?
    /// The time that copies get; nil for the sources' own.
    var time: FileStatus.Time?
    /// Whether a file may take the place of a directory, as when an archive is unpacked.
    var replaces = false

    private let cancellation: CancellationFlag
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 4_096)
    private var linked: [FileStatus.Identity: FileName] = [:]
    private var source: (path: FileName, directory: OpenFile)?
    private var parent: (path: FileName, directory: OpenFile)?

    init(into destination: TreeRoot, cancellation: CancellationFlag) {
        self.destination = destination
        self.cancellation = cancellation
    }

    deinit {
        buffer.deallocate()
    }

    /// Copies a file, or the content of a directory.
    ///
    /// A slash at the end of `path`, the place in the destination, says that it is a directory.
    func copy(_ tree: SelectedTree, to path: String) throws {
        linked = [:]
        parent = nil
        let clean = FileName(CleanPath.clean(path))
        if tree.isDirectory || path.hasSuffix("/") {
            let directory = try makeDirectory(clean, orRefuse: path)
            if tree.isDirectory { return try copyContents(of: tree, into: directory) }
            return try copyTop(of: tree, into: directory, as: tree.name)
        }
        _ = try makeDirectory(clean.split.directory, orRefuse: path)
        let place = try destination.locate(clean)
        if place.status?.isDirectory == true {
            guard let directory = try place.directory.open(place.name, O_RDONLY | O_DIRECTORY) else { return }
            return try copyTop(of: tree, into: directory, as: tree.name)
        }
        try copyTop(of: tree, into: place.directory, as: place.name)
    }

    /// Makes a directory, and those above it, that belong to the copies' owner.
    func makeDirectory(_ path: FileName, orRefuse text: String) throws(ImageBuilderError) -> OpenFile {
        do {
            return try destination.makeDirectory(path) { (made) throws(ImageBuilderError) in
                if let owner { try Self.give(made, to: owner) }
                if let time { try Self.setTime(time, of: made) }
            }
        } catch let error where error.code == .system && error.message.contains("ENOTDIR") {
            throw ImageBuilderError(.invalidDestination, "\(text.inQuotes) can't be a directory: a file is in the way")
        }
    }
}

extension TreeCopier {
    private func copyTop(of tree: SelectedTree, into directory: OpenFile, as name: FileName) throws {
        guard let entry = tree.entries.first else { return }
        try copy(entry, of: tree, into: directory, as: name, path: name)
    }

    private func copyContents(of tree: SelectedTree, into directory: OpenFile) throws {
        var directories: [SelectedTree.Entry] = []
        parent = (FileName(""), directory)
        for entry in tree.entries {
            try cancellation.check()
            if entry.path.isEmpty { continue }
            let (path, name) = entry.path.split
            let place = try openParent(path, below: directory)
            if entry.status.isDirectory {
                try makeDirectory(name, in: place)
                directories.append(entry)
            } else {
                try copy(entry, of: tree, into: place, as: name, path: entry.path, linkingFrom: directory)
            }
        }
        // Now that nothing more is made in them, and the inner ones first.
        for entry in directories.reversed() {
            let made = try directory.openBeneath(entry.path, O_RDONLY | O_DIRECTORY)
            try finish(made, entry, of: tree)
        }
    }

    /// The destination's directory for entries; they come sorted by directory, so it is mostly the one before.
    private func openParent(_ path: FileName, below directory: OpenFile) throws(ImageBuilderError) -> OpenFile {
        if let parent, parent.path == path { return parent.directory }
        let opened = try directory.openBeneath(path, O_RDONLY | O_DIRECTORY)
        parent = (path, opened)
        return opened
    }

    private func makeDirectory(_ name: FileName, in parent: OpenFile) throws {
        if let status = try parent.status(of: name) {
            if status.isDirectory { return }
            guard replaces else {
                throw ImageBuilderError(
                    .invalidDestination,
                    "the directory \(name.description.inQuotes) can't be copied: a file is in the way"
                )
            }
            try parent.remove(name)
        }
        try SystemCall.check("mkdirat", name.description) { mkdirat(parent.number, name.bytes, 0o700) }
    }

    /// Copies what is no directory.
    private func copy(
        _ entry: SelectedTree.Entry,
        of tree: SelectedTree,
        into directory: OpenFile,
        as name: FileName,
        path: FileName,
        linkingFrom top: OpenFile? = nil
    ) throws {
        try clear(name, in: directory)
        let status = entry.status
        if let top, status.isFile, status.links > 1 {
            if let first = linked[status.identity] {
                try SystemCall.check("linkat", path.description) {
                    linkat(top.number, first.bytes, directory.number, name.bytes, 0)
                }
                return
            }
            linked[status.identity] = path
        }
        switch status.type {
        case S_IFREG: try copyFile(entry, of: tree, into: directory, as: name)
        case S_IFLNK:
            let target = FileName(try tree.target(of: entry))
            try SystemCall.check("symlinkat", path.description) {
                symlinkat(target.bytes, directory.number, name.bytes)
            }
            try finish(name, in: directory, entry, of: tree)
        default:
            try SystemCall.check("mknodat", path.description) {
                mknodat(directory.number, name.bytes, status.type | 0o600, status.device)
            }
            try finish(name, in: directory, entry, of: tree)
        }
    }

    /// Makes room for a file.
    private func clear(_ name: FileName, in directory: OpenFile) throws(ImageBuilderError) {
        if unlinkat(directory.number, name.bytes, 0) == 0 || errno == ENOENT { return }
        guard errno == EISDIR || errno == EPERM else { throw SystemCall.failure("unlinkat", name.description) }
        guard replaces else {
            throw ImageBuilderError(
                .invalidDestination,
                "the file \(name.description.inQuotes) can't be copied: a directory is in the way"
            )
        }
        try directory.remove(name)
    }

    private func copyFile(
        _ entry: SelectedTree.Entry,
        of tree: SelectedTree,
        into directory: OpenFile,
        as name: FileName
    ) throws {
        let from = try tree.open(entry)
        let to = try directory.create(name)
        try from.read(through: buffer) { (part) throws(ImageBuilderError) in try to.write(part) }
        try finish(to, entry, of: tree, attributesFrom: from)
    }
}

// MARK: Metadata

extension TreeCopier {
    /// Gives an open file its owner, attributes, permissions and times, in an order in which none undoes another.
    private func finish(
        _ file: OpenFile,
        _ entry: SelectedTree.Entry,
        of tree: SelectedTree,
        attributesFrom source: OpenFile? = nil
    ) throws {
        try Self.give(file, to: owner ?? tree.owner(of: entry))
        let source = try source ?? (entry.status.isDirectory ? tree.open(entry) : nil)
        if let source {
            for (name, value) in try ExtendedAttributes.read(source.number)
            where ExtendedAttributes.belongInArchive(name) {
                // A file system without attributes is taken as it is, but capabilities may not be lost unseen.
                if fsetxattr(file.number, name, value, value.count, 0) != 0, name == "security.capability" {
                    throw SystemCall.failure("fsetxattr", entry.path.description)
                }
            }
        }
        let permissions = mode?.applied(to: entry.status.mode) ?? entry.status.permissions
        try SystemCall.check("fchmod", entry.path.description) { fchmod(file.number, permissions) }
        try Self.setTime(time ?? entry.status.modified, of: file)
    }

    /// The same for what can't be opened: links, devices, pipes.
    private func finish(
        _ name: FileName,
        in directory: OpenFile,
        _ entry: SelectedTree.Entry,
        of tree: SelectedTree
    ) throws(ImageBuilderError) {
        let owner = owner ?? tree.owner(of: entry)
        try SystemCall.check("fchownat", name.description) {
            fchownat(directory.number, name.bytes, owner.user, owner.group, AT_SYMLINK_NOFOLLOW)
        }
        if !entry.status.isLink {
            let permissions = mode?.applied(to: entry.status.mode) ?? entry.status.permissions
            try SystemCall.check("fchmodat", name.description) {
                fchmodat(directory.number, name.bytes, permissions, 0)
            }
        }
        let times = Self.times(time ?? entry.status.modified)
        try SystemCall.check("utimensat", name.description) {
            utimensat(directory.number, name.bytes, times, AT_SYMLINK_NOFOLLOW)
        }
    }

    static func give(_ file: OpenFile, to owner: FileOwner) throws(ImageBuilderError) {
        try SystemCall.check("fchown", file.processPath) { fchown(file.number, owner.user, owner.group) }
    }

    static func setTime(_ time: FileStatus.Time, of file: OpenFile) throws(ImageBuilderError) {
        let times = times(time)
        try SystemCall.check("futimens", file.processPath) { futimens(file.number, times) }
    }

    private static func times(_ time: FileStatus.Time) -> [timespec] {
        let both = nestbox_time(time.seconds, time.nanoseconds)
        return [both, both]
    }
}
