// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CArchive

/// Compresses a stream of bytes with libarchive's filters.
final class Compressor {
    private let archive: OpaquePointer
    private let sink: (UnsafeRawBufferPointer) throws -> Void
    private var failure: (any Error)?

    /// Starts to compress with gzip or Zstandard.
    ///
    /// - Throws: ``ImageStoreError`` with code `system`.
    init(_ compression: Compression, into sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws {
        guard let archive = archive_write_new(), let entry = archive_entry_new() else {
            throw ImageStoreError(code: .system, message: "libarchive has no memory")
        }
        defer { archive_entry_free(entry) }
        self.archive = archive
        self.sink = sink
        try check(archive_write_set_format_raw(archive))
        if compression == .zstd {
            try check(archive_write_add_filter_zstd(archive))
        } else {
            try check(archive_write_add_filter_gzip(archive))
            // No time in the header: the same content always makes the same blob.
            try check(archive_write_set_filter_option(archive, "gzip", "timestamp", nil))
        }
        archive_write_set_bytes_in_last_block(archive, 1)
        let context = Unmanaged.passUnretained(self).toOpaque()
        try check(
            archive_write_open(
                archive,
                context,
                nil,
                { _, context, bytes, count in
                    guard let context else { return -1 }
                    let compressor = Unmanaged<Compressor>.fromOpaque(context).takeUnretainedValue()
                    return compressor.accept(UnsafeRawBufferPointer(start: bytes, count: count))
                },
                nil
            )
        )
        archive_entry_set_filetype(entry, 0o100000)
        try check(archive_write_header(archive, entry))
    }

    deinit {
        archive_write_fail(archive)
        archive_write_free(archive)
    }

    /// Compresses more bytes.
    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = archive_write_data(archive, rest.baseAddress, rest.count)
            guard count > 0 else { return try check(ARCHIVE_FATAL) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Ends the stream; without this it is not whole.
    func finish() throws {
        try check(archive_write_close(archive))
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

    private func check(_ result: Int32) throws {
        guard result != ARCHIVE_OK && result != ARCHIVE_WARN else { return }
        if let failure { throw failure }
        let reason = archive_error_string(archive).map { String(cString: $0) } ?? "unknown error"
        throw ImageStoreError(code: .system, message: "compressing failed: \(reason)")
    }
}
