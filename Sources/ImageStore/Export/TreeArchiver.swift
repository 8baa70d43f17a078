// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CArchive
import CImageStore
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Writes a directory as a tar archive: every entry once, in an order that depends on the names alone.
///
/// Overlayfs's marks in the upper directory of an overlay become the whiteouts of layers, so that the archive is a
/// layer. In any other directory there are none, and the archive is just that of the files.
///
/// Source: OCI image specification, "Image Layer Filesystem Changeset"; the kernel's overlayfs documentation.
final class TreeArchiver {
    private struct FileID: Hashable {
        var device: UInt64
        var inode: UInt64
    }

    private let writer: ArchiveWriter
    private let latest: Int?
    private let cancellation: CancellationFlag
    private var linked: [FileID: [CChar]] = [:]
    private let block = Block()

    /// Prepares to write into an archive.
    ///
    /// Times later than `latest`, in seconds since 1970, become that: what `SOURCE_DATE_EPOCH` asks for.
    init(_ writer: ArchiveWriter, latest: Int? = nil, cancellation: CancellationFlag) {
        self.writer = writer
        self.latest = latest
        self.cancellation = cancellation
    }

    /// Writes all that is in a directory, but not the directory itself.
    func write(_ directory: FilePath) throws {
        // Names are bytes; with this character set libarchive passes them on as they are.
        let locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nil)
        let old = locale.map { uselocale($0) }
        defer {
            if let locale, let old {
                uselocale(old)
                freelocale(locale)
            }
        }
        let root = try OpenFile(directory, O_RDONLY | O_DIRECTORY)
        try writeContents(of: root.number, prefix: [])
    }
}

extension TreeArchiver {
    private func writeContents(of directory: Int32, prefix: [CChar]) throws {
        for name in try Directory.rawNames(in: directory) {
            try cancellation.check()
            var status = stat()
            try SystemCall.check("fstatat", Self.text(prefix + name)) {
                fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW)
            }
            try write(name, status, in: directory, prefix: prefix)
        }
    }

    private func write(_ name: [CChar], _ status: stat, in directory: Int32, prefix: [CChar]) throws {
        let type = status.st_mode & S_IFMT
        // Sockets are the business of running programs; no archive holds them.
        if type == S_IFSOCK { return }
        if type == S_IFCHR, status.st_rdev == 0 {
            return try addMarker(prefix + Array(".wh.".utf8CString.dropLast()) + name)
        }
        guard let entry = archive_entry_new() else {
            throw ImageStoreError(code: .system, message: "libarchive has no memory")
        }
        defer { archive_entry_free(entry) }
        describe(entry, status)
        switch type {
        case S_IFDIR: try writeDirectory(name, entry, in: directory, prefix: prefix)
        case S_IFREG: try writeFile(name, entry, status, in: directory, prefix: prefix)
        case S_IFLNK:
            archive_entry_copy_pathname(entry, prefix + name)
            archive_entry_copy_symlink(entry, try Self.target(of: name, in: directory))
            try writer.add(entry)
        default:
            archive_entry_copy_pathname(entry, prefix + name)
            archive_entry_set_rdev(entry, status.st_rdev)
            try writer.add(entry)
        }
    }

    private func describe(_ entry: OpaquePointer, _ status: stat) {
        archive_entry_set_filetype(entry, status.st_mode & S_IFMT)
        archive_entry_set_perm(entry, status.st_mode & 0o7777)
        archive_entry_set_uid(entry, Int64(status.st_uid))
        archive_entry_set_gid(entry, Int64(status.st_gid))
        archive_entry_set_size(entry, 0)
        // Whole seconds, as other builders write them: fractions would need extended headers everywhere.
        archive_entry_set_mtime(entry, min(status.st_mtim.tv_sec, latest ?? .max), 0)
    }

    private func writeDirectory(_ name: [CChar], _ entry: OpaquePointer, in parent: Int32, prefix: [CChar]) throws {
        let path = Array((prefix + name).dropLast()) + [CChar(bitPattern: UInt8(ascii: "/"))]
        let directory = try open(name, O_RDONLY | O_DIRECTORY, in: parent)
        archive_entry_copy_pathname(entry, path + [0])
        let attributes = try ExtendedAttributes.read(directory.number)
        addAttributes(attributes, to: entry)
        try writer.add(entry)
        if attributes.contains(where: { ExtendedAttributes.opaque.contains($0.name) && $0.value == Array("y".utf8) }) {
            try addMarker(path + Array(".wh..wh..opq".utf8CString))
        }
        try writeContents(of: directory.number, prefix: path)
    }

    private func writeFile(
        _ name: [CChar],
        _ entry: OpaquePointer,
        _ status: stat,
        in parent: Int32,
        prefix: [CChar]
    ) throws {
        archive_entry_copy_pathname(entry, prefix + name)
        if status.st_nlink > 1 {
            let id = FileID(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
            if let first = linked[id] {
                archive_entry_copy_hardlink(entry, first)
                return try writer.add(entry)
            }
            linked[id] = prefix + name
        }
        let file = try open(name, O_RDONLY, in: parent)
        addAttributes(try ExtendedAttributes.read(file.number), to: entry)
        archive_entry_set_size(entry, Int64(status.st_size))
        try writer.add(entry)
        var position: Int64 = 0
        while position < Int64(status.st_size) {
            let count = try file.read(into: block.memory, at: position, path: Self.text(prefix + name))
            guard count > 0 else { break }
            try writer.write(UnsafeRawBufferPointer(rebasing: block.memory[..<count]))
            position += Int64(count)
        }
    }

    /// Adds an empty file that says something about lower layers.
    private func addMarker(_ path: [CChar]) throws {
        guard let entry = archive_entry_new() else {
            throw ImageStoreError(code: .system, message: "libarchive has no memory")
        }
        defer { archive_entry_free(entry) }
        archive_entry_copy_pathname(entry, path)
        archive_entry_set_filetype(entry, S_IFREG)
        archive_entry_set_perm(entry, 0)
        archive_entry_set_size(entry, 0)
        archive_entry_set_mtime(entry, 0, 0)
        try writer.add(entry)
    }

    private func addAttributes(_ attributes: [(name: String, value: [UInt8])], to entry: OpaquePointer) {
        for (name, value) in attributes where ExtendedAttributes.belongInArchive(name) {
            archive_entry_xattr_add_entry(entry, name, value, value.count)
        }
    }

    private func open(_ name: [CChar], _ flags: Int32, in parent: Int32) throws -> OpenFile {
        let flags = flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
        return OpenFile(owning: try SystemCall.check("openat", Self.text(name)) { openat(parent, name, flags) })
    }

    private static func target(of name: [CChar], in directory: Int32) throws -> [CChar] {
        var buffer = [CChar](repeating: 0, count: 4_097)
        try SystemCall.count("readlinkat", text(name)) { readlinkat(directory, name, &buffer, buffer.count - 1) }
        return buffer
    }

    private static func text(_ path: [CChar]) -> String {
        String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
