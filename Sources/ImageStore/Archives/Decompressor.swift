// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Decompresses a stream into a pipe, on the thread that calls it.
struct Decompressor {
    let compression: Compression
    let limit: Int64

    /// Reads the whole source.
    ///
    /// - Throws: ``ImageStoreError``: `invalidArchive` for a damaged stream, `limitExceeded` for one that grows beyond
    ///   the limit, and what `open` throws. The same error ends the pipe.
    func run(from open: () throws -> any ByteSource, into pipe: BlockPipe) throws {
        do {
            let content = try DecompressedSource(open(), compression: compression, limit: limit)
            while true {
                let block = try pipe.blockToFill()
                try content.fill(block)
                guard block.count > 0 else { break }
                pipe.send(block)
            }
            pipe.end()
        } catch {
            pipe.end(failure: error)
            throw error
        }
    }
}
