// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Decompresses a stream into a pipe, on the thread that calls it.
struct Decompressor {
    let compression: Compression
    let limit: Int64

    /// Reads the whole source, and shows each block of the content to `observe` on its way.
    ///
    /// - Throws: ``ImageStoreError``: `invalidArchive` for a damaged stream, `limitExceeded` for one that grows beyond
    ///   the limit. The same error ends the pipe.
    func run(from source: any ByteSource, into pipe: BlockPipe, observe: (UnsafeRawBufferPointer) -> Void) throws {
        do {
            try decompress(source, pipe, observe)
            pipe.end()
        } catch {
            pipe.end(failure: error)
            throw error
        }
    }

    private func decompress(
        _ source: any ByteSource,
        _ pipe: BlockPipe,
        _ observe: (UnsafeRawBufferPointer) -> Void
    ) throws {
        let content = try DecompressedSource(source, compression: compression, limit: limit)
        var block = try pipe.blockToFill()
        while case let bytes = try content.next(), !bytes.isEmpty {
            var rest = bytes[...]
            while !rest.isEmpty {
                let part = rest.prefix(block.room.count)
                block.room.copyMemory(from: UnsafeRawBufferPointer(rebasing: part))
                block.count += part.count
                rest = rest.dropFirst(part.count)
                if block.room.isEmpty {
                    observe(block.filled)
                    pipe.send(block)
                    block = try pipe.blockToFill()
                }
            }
        }
        observe(block.filled)
        if block.count > 0 { pipe.send(block) }
    }
}
