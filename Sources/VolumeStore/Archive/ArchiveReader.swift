// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CArchive
import Glibc
import SystemPackage

/// Reads a tar archive, in any of its formats and compressions, by libarchive.
struct ArchiveReader: ~Copyable {
    private let archive: OpaquePointer
    private let stream: ArchiveStream

    private init(_ archive: OpaquePointer, _ stream: ArchiveStream) {
        self.archive = archive
        self.stream = stream
    }

    /// Begins to read the archive that the stream holds.
    static func open(_ stream: ArchiveStream) throws(VolumeError) -> ArchiveReader {
        guard let archive = archive_read_new() else { throw .system("archive_read_new", errno: .noMemory) }
        let opened = ArchiveReader(archive, stream)
        archive_read_support_filter_all(archive)
        archive_read_support_format_tar(archive)
        archive_read_support_format_empty(archive)
        try opened.check(
            archive_read_open(
                archive,
                Unmanaged.passUnretained(stream).toOpaque(),
                nil,
                { _, stream, start in
                    guard let stream else { return -1 }
                    let source = Unmanaged<ArchiveStream>.fromOpaque(stream).takeUnretainedValue()
                    guard let bytes = source.read() else { return -1 }
                    start?.pointee = bytes.baseAddress.map { UnsafeRawPointer($0) }
                    return bytes.count
                },
                nil
            )
        )
        return opened
    }

    deinit {
        archive_read_free(archive)
    }

    /// Reads the header of the next entry.
    ///
    /// - Returns: False at the end.
    func next(_ entry: borrowing ArchiveEntry) throws(VolumeError) -> Bool {
        let result = archive_read_next_header2(archive, entry.pointer)
        if result == ARCHIVE_EOF { return false }
        try check(result)
        stream.countEntry()
        return true
    }

    /// Writes the content of the entry to an open file, holes as holes.
    func extractContent(to file: CInt, path: @autoclosure () -> FilePath) throws(VolumeError) {
        while true {
            var block: UnsafeRawPointer?
            var size = 0
            var offset: Int64 = 0
            let result = archive_read_data_block(archive, &block, &size, &offset)
            if result == ARCHIVE_EOF { return }
            try check(result)
            var done = 0
            while done < size, let start = block {
                let count = pwrite(file, start + done, size - done, Int(offset) + done)
                if count < 0, Errno.last == .interrupted { continue }
                guard count > 0 else { throw .system("pwrite", path()) }
                done += count
            }
        }
    }

    private func check(_ result: CInt) throws(VolumeError) {
        guard result >= ARCHIVE_WARN else {
            if let errno = stream.failure { throw .system("read", errno: errno, "the archive can't be read") }
            let detail = archive_error_string(archive).map { String(cString: $0) }
            let cause = VolumeError.Cause(operation: "libarchive", detail: detail)
            throw VolumeError(.invalidArchive, "the archive is damaged or not a tar archive", cause: cause)
        }
    }
}
