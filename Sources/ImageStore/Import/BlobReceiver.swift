// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization
import SystemPackage

/// A blob that arrives piece by piece, from a network say, while it is verified and perhaps unpacked.
///
/// Each piece is written and hashed when it comes. If the stream breaks, a new one may begin at ``received``.
package final class BlobReceiver: Sendable {
    /// Where the bytes go until they are verified.
    let path: FilePath

    /// What is to arrive.
    package let descriptor: Descriptor

    private let writer: Mutex<Writer>
    private let growing: GrowingFile?

    /// The state behind the lock; the writer itself is not `Sendable`, and never leaves it.
    private struct Writer: ~Copyable {
        var blob: BlobWriter
        var size: Int64 = 0
    }

    init(_ descriptor: Descriptor, path: FilePath, growing: GrowingFile? = nil) throws {
        self.descriptor = descriptor
        self.path = path
        self.growing = growing
        writer = Mutex(Writer(blob: try BlobWriter(path: path)))
    }

    /// How many bytes have arrived.
    package var received: Int64 { writer.withLock { $0.size } }

    /// Takes the next bytes.
    ///
    /// - Throws: ``ImageStoreError`` with code `digestMismatch` if more arrives than was announced.
    package func write(_ bytes: [UInt8]) throws {
        let size = try writer.withLock { writer in
            try bytes.withUnsafeBytes { try writer.blob.write($0) }
            writer.size += Int64(bytes.count)
            return writer.size
        }
        guard size <= descriptor.size else {
            throw ImageStoreError(
                code: .digestMismatch,
                message: "content announced with \(descriptor.size) bytes has more",
                path: descriptor.digest.description
            )
        }
        growing?.grow(to: size)
    }

    /// Verifies what arrived and makes it durable.
    func finish() throws {
        growing?.end()
        try writer.withLock { writer in
            _ = try writer.blob.finish(expecting: descriptor.digest, size: descriptor.size)
        }
    }

    /// Tells who follows the blob that the rest will not come.
    func fail(_ error: any Error) {
        growing?.end(failure: error)
    }
}
