// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The content of a compressed source, decompressed on the thread that reads.
final class DecompressedSource: ByteSource {
    private let reader: ArchiveReader
    private let limit: Int64
    private var total: Int64 = 0
    private var isEmpty: Bool

    /// Starts to decompress.
    init(_ source: any ByteSource, compression: Compression, limit: Int64) throws {
        reader = try ArchiveReader(.compressed(compression), from: source)
        self.limit = limit
        isEmpty = try reader.nextEntry() == nil
    }

    func next() throws -> UnsafeRawBufferPointer {
        guard !isEmpty, let (bytes, _) = try reader.nextData() else {
            isEmpty = true
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
        total += Int64(bytes.count)
        guard total <= limit else {
            throw ImageStoreError(
                code: .limitExceeded,
                message: "the archive grows beyond \(limit) bytes when it is decompressed"
            )
        }
        return bytes
    }
}
