// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CArchive
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Writes a tar archive to a file.
final class ArchiveWriter {
    private let archive: OpaquePointer
    private let path: FilePath

    /// Starts an archive, compressed if asked for; the file is new or emptied.
    ///
    /// - Throws: ``ImageStoreError`` with code `system`.
    init(_ path: FilePath, compression: Compression = .none) throws {
        guard let archive = archive_write_new() else {
            throw ImageStoreError(code: .system, message: "libarchive has no memory")
        }
        self.archive = archive
        self.path = path
        // PAX only where ustar can't say it, so that simple archives stay readable by anything.
        try check(archive_write_set_format_pax_restricted(archive), "format")
        switch compression {
        case .gzip: try check(archive_write_add_filter_gzip(archive), "gzip")
        case .zstd: try check(archive_write_add_filter_zstd(archive), "zstd")
        case .xz: try check(archive_write_add_filter_xz(archive), "xz")
        case .bzip2: try check(archive_write_add_filter_bzip2(archive), "bzip2")
        default: try check(archive_write_add_filter_none(archive), "none")
        }
        try check(archive_write_open_filename(archive, path.string), "open")
    }

    deinit {
        archive_write_free(archive)
    }

    /// Adds a directory.
    func add(directory name: String) throws {
        try addHeader(name, type: S_IFDIR, permissions: 0o755, size: 0)
    }

    /// Adds a file with these bytes.
    func add(file name: String, _ bytes: [UInt8]) throws {
        try addHeader(name, type: S_IFREG, permissions: 0o644, size: Int64(bytes.count))
        try bytes.withUnsafeBytes { try write($0) }
    }

    /// Adds a file with the content of another.
    func add(file name: String, from source: FilePath, cancellation: CancellationFlag? = nil) throws {
        let size = try Int64(OpenFile(source, O_RDONLY).status(path: source.string).st_size)
        try addHeader(name, type: S_IFREG, permissions: 0o644, size: size)
        let content = try FileSource(source, cancellation: cancellation)
        while case let bytes = try content.next(), !bytes.isEmpty { try write(bytes) }
    }

    /// Ends the archive; without this it is not whole.
    func finish() throws {
        try check(archive_write_close(archive), "close")
    }
}

extension ArchiveWriter {
    private func addHeader(_ name: String, type: mode_t, permissions: mode_t, size: Int64) throws {
        guard let entry = archive_entry_new() else {
            throw ImageStoreError(code: .system, message: "libarchive has no memory")
        }
        defer { archive_entry_free(entry) }
        archive_entry_set_pathname(entry, name)
        archive_entry_set_filetype(entry, type)
        archive_entry_set_perm(entry, permissions)
        archive_entry_set_size(entry, size)
        // The beginning of time, so that the same images always make the same archive.
        archive_entry_set_mtime(entry, 0, 0)
        try check(archive_write_header(archive, entry), "header")
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = archive_write_data(archive, rest.baseAddress, rest.count)
            guard count > 0 else { return try check(Int32(clamping: min(count, -1)), "data") }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    private func check(_ result: Int32, _ operation: String) throws {
        guard result != ARCHIVE_OK && result != ARCHIVE_WARN else { return }
        let number = archive_errno(archive)
        throw ImageStoreError(
            code: .system,
            message: "'\(path)' can't be written: \(archive_error_string(archive).map { String(cString: $0) } ?? "?")",
            operation: "archive_write_\(operation)",
            path: path.string,
            reason: number > 0 ? SystemCall.name(of: number) : nil
        )
    }
}
