// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CArchive
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Unpacks one layer's tar archive into a directory, in the form overlayfs stacks.
///
/// The archive is taken for hostile: every path is opened below the directory's descriptor, nothing follows a link out
/// of it, and what exceeds the limits is refused. The directory is to be thrown away if an error is thrown.
final class LayerExtractor {
    /// What was unpacked.
    struct Summary: Sendable, Hashable, Codable {
        /// Files, directories, links and the rest.
        var entries = 0
        /// The bytes of file data that were written.
        var size: Int64 = 0
        /// Device nodes.
        var devices = 0
    }

    let root: LayerRoot
    let limits: LayerLimits
    let metadata: MetadataWriter
    private(set) var summary = Summary()
    private var whiteouts: Set<LayerPath> = []
    private var directories: [LayerEntry] = []

    /// Prepares to unpack into a directory that exists and is empty.
    init(into directory: FilePath, limits: LayerLimits) throws {
        root = try LayerRoot(directory)
        self.limits = limits
        metadata = MetadataWriter()
    }

    /// Unpacks the whole archive.
    ///
    /// - Throws: ``ImageStoreError`` with code `hostileArchive`, `invalidArchive`, `limitExceeded` or `system`.
    func extract(from source: any ByteSource) throws -> Summary {
        let reader = try ArchiveReader(.tar, from: source)
        while let raw = try reader.nextEntry() {
            let entry = try LayerEntry(raw, limits: limits)
            try count(entry)
            try place(entry, data: reader)
        }
        try finishDirectories()
        return summary
    }
}

extension LayerExtractor {
    private func count(_ entry: LayerEntry) throws {
        summary.entries += 1
        if case .device = entry.kind { summary.devices += 1 }
        guard summary.entries <= limits.entries, summary.devices <= limits.devices else {
            let what = summary.entries > limits.entries ? "\(limits.entries) entries" : "\(limits.devices) device nodes"
            throw ImageStoreError(code: .limitExceeded, message: "the archive has more than \(what)")
        }
    }

    private func place(_ entry: LayerEntry, data: ArchiveReader) throws {
        let path = entry.path
        if path.isRoot {
            directories.append(entry)
            try metadata.apply(entry, to: root.root.number)
            return
        }
        let parent = try root.directory(path.parent)
        if let whiteout = try Whiteout(name: path.name) {
            return try apply(whiteout, at: path, in: parent)
        }
        switch entry.kind {
        case .file(let size):
            try makeFile(entry, size: size, in: parent, data: data)
        case .directory:
            try makeDirectory(entry, in: parent)
        case .hardLink(let target):
            try makeHardLink(entry, to: target, in: parent)
        case .symbolicLink(let target):
            try create("symlinkat", path, in: parent) { symlinkat(target, parent.number, path.name) }
            try metadata.apply(entry, in: parent.number)
        case .device(let mode, let number):
            try makeDevice(entry, mode: mode, number: number, in: parent)
        case .fifo:
            try create("mkfifoat", path, in: parent) { mkfifoat(parent.number, path.name, 0o600) }
            try metadata.apply(entry, in: parent.number)
        }
    }

    private func apply(_ whiteout: Whiteout, at path: LayerPath, in parent: LayerRoot.OpenFileReference) throws {
        switch whiteout {
        case .ignored: return
        case .opaque: try metadata.markOpaque(parent.number, path: path.parent)
        case .hide(let name):
            let hidden = path.sibling(name)
            if mknodat(parent.number, name, S_IFCHR, 0) == 0 {
                whiteouts.insert(hidden)
            } else if errno != EEXIST {
                throw SystemCall.error("mknodat", hidden.description, errno)
            } else if let directory = try plainDirectory(name, in: parent) {
                // The layer hides what is below and has a directory of that name itself: that is opaque.
                try metadata.markOpaque(directory.number, path: hidden)
            }
        }
    }
}

extension LayerExtractor {
    private func makeFile(_ entry: LayerEntry, size: Int64, in parent: LayerRoot.OpenFileReference, data: ArchiveReader)
        throws
    {
        let path = entry.path
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let file = OpenFile(
            owning: try create("openat", path, in: parent) { openat(parent.number, path.name, flags, 0o600) }
        )
        var end: Int64 = 0
        while let (bytes, offset) = try data.nextData() {
            try file.write(bytes, at: offset, path: path.description)
            end = offset + Int64(bytes.count)
            summary.size += Int64(bytes.count)
        }
        if end != size {
            try SystemCall.check("ftruncate", path.description) { ftruncate(file.number, off_t(size)) }
        }
        try metadata.apply(entry, to: file.number)
    }

    private func makeDirectory(_ entry: LayerEntry, in parent: LayerRoot.OpenFileReference) throws {
        let path = entry.path
        let wasWhiteout = whiteouts.contains(path)
        let existing = wasWhiteout ? nil : try plainDirectory(path.name, in: parent)
        if existing == nil {
            try create("mkdirat", path, in: parent) { mkdirat(parent.number, path.name, 0o700) }
        }
        let directory = try root.directory(path)
        try metadata.apply(entry, to: directory.number)
        if wasWhiteout { try metadata.markOpaque(directory.number, path: path) }
        directories.append(entry)
    }

    private func makeHardLink(_ entry: LayerEntry, to target: LayerPath, in parent: LayerRoot.OpenFileReference) throws
    {
        let path = entry.path
        guard path != target else { return }
        guard let directory = try root.existingDirectory(target.parent) else { throw missing(target, for: path) }
        do {
            try create("linkat", path, in: parent) {
                linkat(directory.number, target.name, parent.number, path.name, 0)
            }
        } catch let error as ImageStoreError where error.reason == "ENOENT" {
            throw missing(target, for: path)
        }
    }

    private func missing(_ target: LayerPath, for path: LayerPath) -> ImageStoreError {
        ImageStoreError(
            code: .hostileArchive,
            message: "'\(path)' is a hard link to '\(target)', which is not in the layer",
            operation: "linkat",
            path: path.description,
            reason: "ENOENT"
        )
    }

    private func makeDevice(_ entry: LayerEntry, mode: mode_t, number: dev_t, in parent: LayerRoot.OpenFileReference)
        throws
    {
        do {
            try create("mknodat", entry.path, in: parent) {
                mknodat(parent.number, entry.path.name, mode | 0o600, number)
            }
        } catch let error as ImageStoreError where error.reason == "EPERM" && !metadata.isPrivileged {
            // In a user namespace nobody may make devices; containers get theirs from the runtime.
            return
        }
        try metadata.apply(entry, in: parent.number)
    }

    /// Runs a call that makes `path`; what is there already is removed first, as a later entry replaces an earlier one.
    @discardableResult
    private func create(
        _ operation: String,
        _ path: LayerPath,
        in parent: LayerRoot.OpenFileReference,
        _ body: () -> Int32
    ) throws -> Int32 {
        let result = body()
        if result >= 0 { return result }
        guard errno == EEXIST else { throw SystemCall.error(operation, path.description, errno) }
        root.forget()
        whiteouts.remove(path)
        try Directory.remove(path.name, at: parent.number)
        return try SystemCall.check(operation, path.description, body)
    }

    /// The directory of this name, if that is what it is: no link to one.
    private func plainDirectory(_ name: LayerPath.CString, in parent: LayerRoot.OpenFileReference) throws -> LayerRoot
        .OpenFileReference?
    {
        let number = openat(parent.number, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        return number >= 0 ? LayerRoot.OpenFileReference(number) : nil
    }

    /// Sets the permissions and times of directories, now that nothing is created in them any more.
    private func finishDirectories() throws {
        var done: Set<LayerPath> = []
        // Backwards, since the last entry for a directory counts, and the inner ones come before the outer.
        for entry in directories.reversed() where done.insert(entry.path).inserted {
            guard let directory = root.unchangedDirectory(entry.path) else { continue }
            try metadata.finish(entry, directory.number)
        }
    }
}
