// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

/// Unpacks a layer's blob: decompression, hashing and writing run at the same time, each on a thread of its own.
///
/// A layer that is not compressed needs one thread and no second hash, since its blob's digest is its diff id.
struct LayerUnpacker {
    /// What came out.
    struct Result: Sendable {
        /// The digest of the uncompressed archive; `nil` if the blob is not compressed, and so has the same digest.
        var diffID: Digest?
        var compression: Compression
        var summary: LayerExtractor.Summary
        /// Whether the archive ends as archives must, so that it was not cut short between two entries.
        var hasEndMarker: Bool
    }

    let limits: LayerLimits

    /// Unpacks the file `blob` into an empty directory; `growing` follows a file that is still being written.
    func unpack(_ blob: FilePath, growing: GrowingFile? = nil, into directory: FilePath) async throws -> Result {
        // A thread that waits for more of the file must not wait on when nobody wants the layer any more.
        try await withTaskCancellationHandler {
            do {
                return try await unpackNow(blob, growing: growing, into: directory)
            } catch {
                growing?.end(failure: error)
                throw error
            }
        } onCancel: {
            growing?.end(failure: CancellationError())
        }
    }

    private func unpackNow(_ blob: FilePath, growing: GrowingFile?, into directory: FilePath) async throws -> Result {
        let limits = limits
        return try await CancellationFlag.with { flag in
            let compression = try await OwnThread.run { try Self.compression(of: blob, growing) }
            guard compression != .none else {
                return try await OwnThread.run {
                    let source = try FileSource(blob, growing: growing, cancellation: flag)
                    let (summary, ended) = try Self.extract(source, into: directory, limits)
                    return Result(compression: compression, summary: summary, hasEndMarker: ended)
                }
            }
            let content = BlockPipe()
            let hashed = BlockPipe(following: content)
            async let decompressed: Void = OwnThread.run {
                try Decompressor(compression: compression, limit: limits.archiveSize)
                    .run(from: { try FileSource(blob, growing: growing, cancellation: flag) }, into: content)
            }
            async let digest = OwnThread.run { try StreamHash.run(from: content, into: hashed) }
            async let extracted = OwnThread.run {
                defer { hashed.closeReading() }
                do {
                    return try Self.extract(PipeSource(hashed), into: directory, limits)
                } catch {
                    growing?.end(failure: error)
                    throw error
                }
            }
            // The reading end first: it meets the errors of all three.
            let (summary, ended) = try await extracted
            try await decompressed
            return Result(
                diffID: try await digest,
                compression: compression,
                summary: summary,
                hasEndMarker: ended
            )
        }
    }
}

extension LayerUnpacker {
    /// What the first bytes of the file say, once they are there.
    private static func compression(of blob: FilePath, _ growing: GrowingFile?) throws -> Compression {
        _ = try growing?.length(past: 5)
        return try Compression.detect(in: blob)
    }

    private static func extract(
        _ source: any ByteSource,
        into directory: FilePath,
        _ limits: LayerLimits
    ) throws -> (LayerExtractor.Summary, hasEndMarker: Bool) {
        var end = EndMarker()
        let observed = ObservedSource(source) { end.update($0) }
        let summary = try LayerExtractor(into: directory, limits: limits).extract(from: PaddedSource(observed))
        // What follows the archive's end belongs to its digest too.
        try observed.drain()
        return (summary, end.isPresent)
    }
}
