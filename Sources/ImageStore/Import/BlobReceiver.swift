// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization
package import SystemPackage

/// A blob that arrives piece by piece, from a network say, while it is verified and perhaps unpacked.
///
/// Each piece is written and hashed when it comes. If the stream breaks, a new one may begin at ``received``.
///
/// Unchecked because the writer, which is not `Sendable`, is used under the lock only.
package final class BlobReceiver: @unchecked Sendable {
    /// Where the bytes go until they are verified.
    let path: FilePath

    /// What is to arrive.
    package let descriptor: Descriptor

    private let writer: BlobWriter
    private let size = Mutex<Int64>(0)
    private let growing: GrowingFile?

    /// Starts a file for a blob.
    package convenience init(_ descriptor: Descriptor, path: FilePath) throws {
        try self.init(descriptor, path: path, growing: nil)
    }

    init(_ descriptor: Descriptor, path: FilePath, growing: GrowingFile?) throws {
        self.descriptor = descriptor
        self.path = path
        self.growing = growing
        writer = try BlobWriter(path: path)
    }

    /// How many bytes have arrived.
    package var received: Int64 { size.withLock { $0 } }

    /// Takes the next bytes.
    ///
    /// - Throws: ``ImageStoreError`` with code `digestMismatch` if more arrives than was announced.
    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        let size = try size.withLock { size in
            try writer.write(bytes)
            size += Int64(bytes.count)
            return size
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
    package func finish() throws {
        growing?.end()
        try size.withLock { _ in
            _ = try writer.finish(expecting: descriptor.digest, size: descriptor.size)
        }
    }

    /// Tells who follows the blob that the rest will not come.
    func fail(_ error: any Error) {
        growing?.end(failure: error)
    }
}
