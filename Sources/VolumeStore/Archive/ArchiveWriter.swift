// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CArchive
import Glibc
import SystemPackage

/// Writes a tree of files as a tar archive in pax format, by libarchive.
struct ArchiveWriter: ~Copyable {
    private let archive: OpaquePointer
    private let stream: ArchiveStream

    private init(_ archive: OpaquePointer, _ stream: ArchiveStream) {
        self.archive = archive
        self.stream = stream
    }

    /// Begins an archive that goes to the stream.
    static func open(_ stream: ArchiveStream, compression: ArchiveCompression) throws(VolumeError) -> ArchiveWriter {
        guard let archive = archive_write_new() else { throw .system("archive_write_new", errno: .noMemory) }
        let opened = ArchiveWriter(archive, stream)
        let filter =
            switch compression {
            case .none: archive_write_add_filter_none(archive)
            case .zstd: archive_write_add_filter_zstd(archive)
            case .gzip: archive_write_add_filter_gzip(archive)
            default: ARCHIVE_FATAL
            }
        guard filter == ARCHIVE_OK else {
            throw VolumeError(.unsupported, "this system's libarchive can't write '\(compression)'")
        }
        // Not "restricted", which would cut times to seconds.
        try opened.check(archive_write_set_format_pax(archive))
        // The form of extended attributes that tar, Podman and Docker know, and no second one.
        try opened.check(archive_write_set_format_option(archive, "pax", "xattrheader", "SCHILY"))
        // Each write of libarchive is passed on as it is; the last one isn't padded, so that the digest is of what counts.
        try opened.check(archive_write_set_bytes_in_last_block(archive, 1))
        try opened.check(
            archive_write_open(
                archive,
                Unmanaged.passUnretained(stream).toOpaque(),
                nil,
                { _, stream, bytes, count in
                    guard let stream else { return -1 }
                    let target = Unmanaged<ArchiveStream>.fromOpaque(stream).takeUnretainedValue()
                    return target.write(UnsafeRawBufferPointer(start: bytes, count: count))
                },
                nil
            )
        )
        return opened
    }

    deinit {
        archive_write_free(archive)
    }

    /// Writes the header of an entry.
    ///
    /// - Returns: Whether an archive of this format can hold the entry.
    func begin(_ entry: borrowing ArchiveEntry) throws(VolumeError) -> Bool {
        let result = archive_write_header(archive, entry.pointer)
        if result == ARCHIVE_FAILED { return false }
        try check(result)
        stream.countEntry()
        return true
    }

    /// Writes content of the entry.
    func write(_ bytes: UnsafeRawBufferPointer) throws(VolumeError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let count = archive_write_data(archive, part.baseAddress, part.count)
            guard count > 0 else { throw failure() }
            rest = rest.dropFirst(count)
        }
    }

    /// Ends the archive.
    func close() throws(VolumeError) {
        try check(archive_write_close(archive))
    }

    private func check(_ result: CInt) throws(VolumeError) {
        // A warning says that a name is not UTF-8 and goes out as it is, which is right.
        guard result >= ARCHIVE_WARN else { throw failure() }
    }

    private func failure() -> VolumeError {
        if let errno = stream.failure { return .system("write", errno: errno, "the archive can't be written") }
        let detail = archive_error_string(archive).map { String(cString: $0) }
        let cause = VolumeError.Cause(operation: "libarchive", detail: detail)
        return VolumeError(.inputOutput, "the archive can't be written", cause: cause)
    }
}
