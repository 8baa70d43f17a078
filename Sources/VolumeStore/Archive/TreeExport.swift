// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CArchive
import Glibc
import SystemPackage

/// Walks a tree and writes each file of it to an archive, with owners, modes, times, extended attributes, hard links and
/// holes.
struct TreeExport: ~Copyable {
    private let writer: ArchiveWriter
    private let root: FilePath
    private var firstNames: [FileStatus.Inode: EntryName] = [:]
    private var skipped: [String] = []
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)

    deinit {
        buffer.deallocate()
    }

    private init(_ writer: consuming ArchiveWriter, root: FilePath) {
        self.writer = writer
        self.root = root
    }

    /// Writes the directory at `path`.
    static func run(
        _ path: FilePath,
        to stream: ArchiveStream,
        compression: ArchiveCompression
    ) throws(VolumeError) -> ArchiveSummary {
        let directory = try Directory.open(path)
        defer { try? directory.close() }
        var export = TreeExport(try ArchiveWriter.open(stream, compression: compression), root: path)
        try export.write(directory.rawValue, ".")
        try export.writer.close()
        return ArchiveSummary(
            entries: stream.progress.entries,
            archiveBytes: stream.progress.archiveBytes,
            digest: stream.digest,
            skipped: export.skipped
        )
    }

    /// Writes an open directory and what is in it.
    private mutating func write(_ directory: CInt, _ name: EntryName) throws(VolumeError) {
        let status = try FileStatus(directory, path: path(name))
        let entry = try entry(name, status)
        try addAttributes(of: EntryName("/proc/self/fd/\(directory)/."), to: entry, name)
        _ = try writer.begin(entry)
        let reader = try DirectoryReader(listing: directory, path: path(name))
        while let child = try reader.next() { try write(child, in: directory, name.appending(child)) }
    }

    private mutating func write(_ child: EntryName, in directory: CInt, _ name: EntryName) throws(VolumeError) {
        guard let status = try FileStatus(child, in: directory, path: path(name)) else { return }
        switch status.kind {
        case .directory:
            let below = openat(directory, child.bytes, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard below >= 0 else { throw .system("open", path(name)) }
            defer { close(below) }
            try write(below, name)
        case .socket:
            skipped.append(name.text)
        case .regular:
            if try writeSecondName(status, name) { return }
            let file = openat(directory, child.bytes, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
            guard file >= 0 else { throw .system("open", path(name)) }
            defer { close(file) }
            try writeFile(file, name)
        case .link, .special:
            if try writeSecondName(status, name) { return }
            let entry = try entry(name, status)
            let source = EntryName("/proc/self/fd/\(directory)").appending(child)
            if status.kind == .link { try addDestination(of: source, to: entry, name) }
            try addAttributes(of: source, to: entry, name)
            _ = try writer.begin(entry)
        }
    }

    /// Writes a link to the first name of a file that was written already, if it is one.
    private mutating func writeSecondName(_ status: FileStatus, _ name: EntryName) throws(VolumeError) -> Bool {
        guard status.hasSeveralNames else { return false }
        guard let first = firstNames.updateValue(name, forKey: status.inode) else { return false }
        firstNames[status.inode] = first
        let entry = try entry(name, status)
        archive_entry_copy_hardlink(entry.pointer, first.bytes)
        archive_entry_set_size(entry.pointer, 0)
        _ = try writer.begin(entry)
        return true
    }

    private func writeFile(_ file: CInt, _ name: EntryName) throws(VolumeError) {
        let status = try FileStatus(file, path: path(name))
        let entry = try entry(name, status)
        try addAttributes(of: EntryName("/proc/self/fd/\(file)"), to: entry, name, follow: true)
        let size = status.size
        let ranges = try FileContent.dataRanges(of: file, size: size, path: path(name))
        if ranges != [0..<size], size > 0 {
            for range in ranges {
                archive_entry_sparse_add_entry(entry.pointer, Int64(range.lowerBound), Int64(range.count))
            }
            // A file without any data still needs one entry for its format.
            if ranges.isEmpty { archive_entry_sparse_add_entry(entry.pointer, Int64(size), 0) }
        }
        guard try writer.begin(entry) else { return }
        try writeContent(file, size: size, name)
    }

    /// Writes exactly as many bytes as the header says, whatever happens to the file meanwhile.
    ///
    /// libarchive passes over what lies in the holes.
    private func writeContent(_ file: CInt, size: Int, _ name: EntryName) throws(VolumeError) {
        var offset = 0
        while offset < size {
            let count = pread(file, buffer.baseAddress, min(buffer.count, size - offset), offset)
            if count < 0, Errno.last == .interrupted { continue }
            guard count >= 0 else { throw .system("pread", path(name)) }
            guard count > 0 else {
                throw .system(
                    "pread",
                    path(name),
                    errno: .resourceTemporarilyUnavailable,
                    "a file became shorter while it was exported; pause its writers"
                )
            }
            try writer.write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer).prefix(count)))
            offset += count
        }
    }

    private func entry(_ name: EntryName, _ status: FileStatus) throws(VolumeError) -> ArchiveEntry {
        let entry = try ArchiveEntry()
        withUnsafePointer(to: status.raw) { archive_entry_copy_stat(entry.pointer, $0) }
        archive_entry_copy_pathname(entry.pointer, name.bytes)
        // The same content shall make the same archive: only the modification counts.
        archive_entry_unset_atime(entry.pointer)
        archive_entry_unset_ctime(entry.pointer)
        return entry
    }

    private func addDestination(
        of source: EntryName,
        to entry: borrowing ArchiveEntry,
        _ name: EntryName
    ) throws(VolumeError) {
        var destination = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        guard readlink(source.bytes, &destination, Int(PATH_MAX)) >= 0 else { throw .system("readlink", path(name)) }
        archive_entry_copy_symlink(entry.pointer, destination)
    }

    private func addAttributes(
        of source: EntryName,
        to entry: borrowing ArchiveEntry,
        _ name: EntryName,
        follow: Bool = false
    ) throws(VolumeError) {
        for attribute in try ExtendedAttributes.all(of: source, follow: follow, path: path(name)) {
            archive_entry_xattr_add_entry(
                entry.pointer,
                attribute.name.bytes,
                attribute.value,
                attribute.value.count
            )
        }
    }

    private func path(_ name: EntryName) -> FilePath {
        root.appending(name.text).lexicallyNormalized()
    }
}
