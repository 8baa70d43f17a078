// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CArchive

/// libarchive reading from a ``ByteSource``: one format, and nothing that is not asked for.
final class ArchiveReader {
    /// libarchive's handle.
    let archive: OpaquePointer

    private let source: any ByteSource
    private var failure: (any Error)?

    /// What is to be read.
    enum Format {
        /// A tar archive, not compressed.
        case tar
        /// A compressed stream whose content is passed on as it is.
        case compressed(Compression)
    }

    /// Starts to read.
    ///
    /// - Throws: ``ImageStoreError`` with code `invalidArchive` if the source is nothing of the kind.
    init(_ format: Format, from source: any ByteSource) throws {
        guard let archive = archive_read_new() else {
            throw ImageStoreError(code: .invalidArchive, message: "libarchive has no memory", path: nil)
        }
        self.archive = archive
        self.source = source
        try enable(format)
        let context = Unmanaged.passUnretained(self).toOpaque()
        archive_read_set_callback_data(archive, context)
        archive_read_set_read_callback(archive) { _, context, buffer in
            guard let context, let buffer else { return -1 }
            return Unmanaged<ArchiveReader>.fromOpaque(context).takeUnretainedValue().supply(buffer)
        }
        try check(archive_read_open1(archive))
    }

    deinit {
        archive_read_free(archive)
    }

    /// The next entry, or `nil` at the end.
    func nextEntry() throws -> OpaquePointer? {
        var entry: OpaquePointer?
        let result = archive_read_next_header(archive, &entry)
        if result == ARCHIVE_EOF { return nil }
        // A warning is about names or attributes in other character sets, whose bytes are then given as they are.
        if result != ARCHIVE_WARN { try check(result) }
        return entry
    }

    /// The next piece of the entry's data and its offset in the file, or `nil` at the end.
    func nextData() throws -> (bytes: UnsafeRawBufferPointer, offset: Int64)? {
        var start: UnsafeRawPointer?
        var count = 0
        var offset: Int64 = 0
        let result = archive_read_data_block(archive, &start, &count, &offset)
        if result == ARCHIVE_EOF { return nil }
        try check(result)
        return (UnsafeRawBufferPointer(start: start, count: count), offset)
    }
}

extension ArchiveReader {
    private func enable(_ format: Format) throws {
        switch format {
        case .tar:
            try check(archive_read_support_format_tar(archive))
            try check(archive_read_support_format_empty(archive))
        case .compressed(let compression):
            try check(archive_read_support_format_raw(archive))
            try check(archive_read_support_format_empty(archive))
            switch compression {
            case .zstd: try check(archive_read_support_filter_zstd(archive))
            case .xz: try check(archive_read_support_filter_xz(archive))
            case .bzip2: try check(archive_read_support_filter_bzip2(archive))
            default: break
            }
        }
    }

    /// libarchive's read callback.
    private func supply(_ buffer: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
        do {
            let bytes = try source.next()
            buffer.pointee = bytes.baseAddress
            return bytes.count
        } catch {
            failure = error
            return -1
        }
    }

    /// Throws what the source threw, or else what libarchive complains about.
    private func check(_ result: Int32) throws {
        guard result != ARCHIVE_OK else { return }
        if let failure { throw failure }
        let reason = archive_error_string(archive).map { String(cString: $0) } ?? "unknown error"
        throw ImageStoreError(code: .invalidArchive, message: "the archive is damaged: \(reason)")
    }
}
