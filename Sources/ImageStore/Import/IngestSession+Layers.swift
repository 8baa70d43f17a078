// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension IngestSession {
    /// Unpacks a blob that is on the disk, or still being written there.
    ///
    /// - Parameters:
    ///   - blob: The blob's path.
    ///   - descriptor: What the blob is, for errors and to learn the diff id of one that is not compressed; `nil` while
    ///     that is not known.
    ///   - diffID: What the content must hash to.
    ///   - growing: Follows the blob while it is written.
    /// - Returns: What was unpacked. It is staged if `diffID` is known or follows from the descriptor.
    /// - Throws: ``ImageStoreError``: `digestMismatch`, and the errors of unpacking.
    @discardableResult
    func unpack(
        _ blob: FilePath,
        of descriptor: Descriptor?,
        expecting diffID: Digest?,
        growing: GrowingFile? = nil
    ) async throws -> UnpackedBlob {
        let layer = UnpackedLayer(directory: newPath())
        try Directory.make(layer.root, mode: 0o755)
        let result = try await LayerUnpacker(limits: limits).unpack(blob, growing: growing, into: layer.root)
        let unpacked = UnpackedBlob(layer: layer, result: result)
        if let actual = result.diffID ?? descriptor?.digest {
            try finish(unpacked, diffID: actual, expecting: diffID)
        }
        return unpacked
    }

    /// A layer that was unpacked from a blob.
    struct UnpackedBlob: Sendable {
        var layer: UnpackedLayer
        var result: LayerUnpacker.Result
    }

    /// Stages an unpacked layer once its diff id is known.
    func finish(_ unpacked: UnpackedBlob, diffID: Digest, expecting expected: Digest? = nil) throws {
        if let expected, expected != diffID {
            throw ImageStoreError(
                code: .digestMismatch,
                message: "a layer announced with the diff id \(expected) unpacks to \(diffID)",
                path: expected.description
            )
        }
        try unpacked.layer.write(
            UnpackedLayer.Record(
                diffID: diffID,
                summary: unpacked.result.summary,
                writtenInBoot: UnpackedLayer.currentBoot,
                writtenAt: time(nil)
            )
        )
        stage(unpacked.layer, diffID: diffID)
    }

    /// Copies a stream into the session as a blob, verified, on a thread of its own.
    ///
    /// - Parameters:
    ///   - source: Opens the stream, on that thread.
    ///   - path: Where to write it; see ``newPath()``.
    ///   - descriptor: What the stream must be.
    ///   - growing: Told about each block, and about the end.
    ///   - progress: Hears how many bytes were written.
    /// - Returns: The blob's digest and size.
    /// - Throws: ``ImageStoreError``: `digestMismatch` or `system`, and what the source throws.
    func copy(
        _ source: @escaping @Sendable (CancellationFlag) throws -> any ByteSource,
        to path: FilePath,
        expecting descriptor: Descriptor? = nil,
        growing: GrowingFile? = nil,
        progress: (@Sendable (Int64) -> Void)? = nil
    ) async throws -> (digest: Digest, size: Int64) {
        let flag = CancellationFlag()
        return try await withTaskCancellationHandler {
            try await OwnThread.run { [self] in
                do {
                    let writer = try BlobWriter(path: path)
                    let source = try source(flag)
                    while case let bytes = try source.next(), !bytes.isEmpty {
                        try flag.check()
                        try writer.write(bytes)
                        growing?.grow(to: writer.size)
                        progress?(writer.size)
                        if let size = descriptor?.size, writer.size > size { break }
                    }
                    growing?.end()
                    let result = try writer.finish(expecting: descriptor?.digest, size: descriptor?.size)
                    stage(result.digest, at: path)
                    return result
                } catch {
                    growing?.end(failure: error)
                    throw error
                }
            }
        } onCancel: {
            flag.set()
        }
    }
}
