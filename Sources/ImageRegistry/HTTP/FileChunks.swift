// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import NIOCore
import SystemPackage

/// A part of a file as a stream of buffers.
struct FileChunks: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let path: FilePath
    let offset: Int64
    let length: Int64
    let report: @Sendable (Int64) -> Void

    /// Reads the file; it is open as long as the iterator lives.
    final class AsyncIterator: AsyncIteratorProtocol {
        private let chunks: FileChunks
        private var file: SystemPackage.FileDescriptor?
        private var done: Int64 = 0

        init(_ chunks: FileChunks) {
            self.chunks = chunks
        }

        deinit {
            try? file?.close()
        }

        func next() async throws -> ByteBuffer? {
            guard done < chunks.length else { return nil }
            let file = try file ?? SystemPackage.FileDescriptor.open(chunks.path, .readOnly, options: .closeOnExec)
            self.file = file
            let wanted = Int(Swift.min(chunks.length - done, 256 << 10))
            var buffer = ByteBufferAllocator().buffer(capacity: wanted)
            let position = chunks.offset + done
            let count = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { room in
                try file.read(
                    fromAbsoluteOffset: position,
                    into: UnsafeMutableRawBufferPointer(rebasing: room[..<wanted])
                )
            }
            guard count > 0 else { throw Errno.ioError }
            done += Int64(count)
            chunks.report(done)
            return buffer
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(self)
    }
}
