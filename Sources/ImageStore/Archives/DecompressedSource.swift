// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The content of a compressed source, decompressed on the thread that reads.
final class DecompressedSource: ByteSource {
    private let content: any Decompressing
    private let limit: Int64
    private var total: Int64 = 0
    private lazy var memory = Block()

    /// Starts to decompress.
    init(_ source: any ByteSource, compression: Compression, limit: Int64) throws {
        content =
            compression == .gzip ? try GzipReader(source) : try FilterReader(source, compression: compression)
        self.limit = limit
    }

    func next() throws -> UnsafeRawBufferPointer {
        try fill(memory)
        return memory.filled
    }

    /// Puts the next content into a block; it is empty at the end.
    ///
    /// - Throws: ``ImageStoreError``: `invalidArchive` for a damaged stream, `limitExceeded` for one that grows beyond
    ///   the limit.
    func fill(_ block: Block) throws {
        block.count = try content.read(into: block.memory)
        total += Int64(block.count)
        guard total <= limit else {
            throw ImageStoreError(
                code: .limitExceeded,
                message: "the archive grows beyond \(limit) bytes when it is decompressed"
            )
        }
    }
}
