// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CArchive
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Writes a tar archive into a sink: libarchive's writer, with errors thrown.
final class ArchiveWriter {
    private let archive: OpaquePointer
    private let sink: (UnsafeRawBufferPointer) throws -> Void
    private var failure: (any Error)?

    /// Starts an archive, compressed if asked for.
    ///
    /// - Throws: ``ImageStoreError`` with code `system`.
    init(compression: Compression = .none, into sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws {
        guard let archive = archive_write_new() else {
            throw ImageStoreError(code: .system, message: "libarchive has no memory")
        }
        self.archive = archive
        self.sink = sink
        try configure(compression)
        let context = Unmanaged.passUnretained(self).toOpaque()
        try check(
            archive_write_open(
                archive,
                context,
                nil,
                { _, context, bytes, count in
                    guard let context else { return -1 }
                    let writer = Unmanaged<ArchiveWriter>.fromOpaque(context).takeUnretainedValue()
                    return writer.accept(UnsafeRawBufferPointer(start: bytes, count: count))
                },
                nil
            ),
            "open"
        )
    }

    /// Starts an archive in a new file.
    convenience init(_ path: FilePath, compression: Compression = .none) throws {
        let file = FileSink(try OpenFile(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644), path: path.string)
        try self.init(compression: compression) { try file.write($0) }
    }

    deinit {
        // A writer that was not finished has failed; what it still holds must not reach the sink.
        archive_write_fail(archive)
        archive_write_free(archive)
    }

    /// Adds a directory.
    func add(directory name: String) throws {
        try add(file: name, type: S_IFDIR, permissions: 0o755, size: 0)
    }

    /// Adds a file with these bytes.
    func add(file name: String, _ bytes: [UInt8]) throws {
        try add(file: name, type: S_IFREG, permissions: 0o644, size: Int64(bytes.count))
        try bytes.withUnsafeBytes { try write($0) }
    }

    /// Adds a file with the content of another.
    func add(file name: String, from source: FilePath, cancellation: CancellationFlag? = nil) throws {
        let size = try Int64(OpenFile(source, O_RDONLY).status(path: source.string).st_size)
        try add(file: name, type: S_IFREG, permissions: 0o644, size: size)
        let content = try FileSource(source, cancellation: cancellation)
        while case let bytes = try content.next(), !bytes.isEmpty { try write(bytes) }
    }

    /// Begins an entry that was described for libarchive; its content follows.
    func add(_ entry: OpaquePointer) throws {
        try check(archive_write_header(archive, entry), "header")
    }

    /// Writes content of the entry.
    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = archive_write_data(archive, rest.baseAddress, rest.count)
            guard count > 0 else { return try check(ARCHIVE_FATAL, "data") }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Ends the archive; without this it is not whole.
    func finish() throws {
        try check(archive_write_close(archive), "close")
    }
}

extension ArchiveWriter {
    /// A file that is written from its beginning to its end.
    private final class FileSink {
        private let file: OpenFile
        private let path: String
        private var size: Int64 = 0

        init(_ file: consuming OpenFile, path: String) {
            self.file = file
            self.path = path
        }

        func write(_ bytes: UnsafeRawBufferPointer) throws {
            try file.write(bytes, at: size, path: path)
            size += Int64(bytes.count)
        }
    }

    private func configure(_ compression: Compression) throws {
        // PAX only where ustar can't say it, so that simple archives stay readable by anything.
        try check(archive_write_set_format_pax_restricted(archive), "format")
        try check(archive_write_set_format_option(archive, "pax", "xattrheader", "SCHILY"), "format")
        switch compression {
        case .gzip: try check(archive_write_add_filter_gzip(archive), "gzip")
        case .zstd: try check(archive_write_add_filter_zstd(archive), "zstd")
        case .xz: try check(archive_write_add_filter_xz(archive), "xz")
        case .bzip2: try check(archive_write_add_filter_bzip2(archive), "bzip2")
        default: try check(archive_write_add_filter_none(archive), "none")
        }
        // Large blocks for speed, and no padding of the last one: the digest is of the archive alone.
        archive_write_set_bytes_per_block(archive, 1 << 20)
        archive_write_set_bytes_in_last_block(archive, 1)
    }

    private func add(file name: String, type: mode_t, permissions: mode_t, size: Int64) throws {
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
        try add(entry)
    }

    private func accept(_ bytes: UnsafeRawBufferPointer) -> Int {
        do {
            try sink(bytes)
            return bytes.count
        } catch {
            failure = error
            return -1
        }
    }

    private func check(_ result: Int32, _ operation: String) throws {
        guard result != ARCHIVE_OK && result != ARCHIVE_WARN else { return }
        if let failure { throw failure }
        let number = archive_errno(archive)
        throw ImageStoreError(
            code: .system,
            message: "the archive can't be written: "
                + (archive_error_string(archive).map { String(cString: $0) } ?? "unknown error"),
            operation: "archive_write_\(operation)",
            reason: number > 0 ? SystemCall.name(of: number) : nil
        )
    }
}
