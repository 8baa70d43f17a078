// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Crypto
import SystemPackage

/// Unpacks a layer's blob: decompression, hashing and writing run at the same time.
///
/// Two threads share the work. The hash of the content runs on the side that has less to do: beside the writing for
/// slow formats (gzip, xz), beside the decompression for fast ones (zstd). A layer that is not compressed needs no
/// second thread and no second hash, since its blob's digest is its diff id.
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
                    let (summary, ended, _) = try Self.extract(source, into: directory, limits, hashing: false)
                    return Result(compression: compression, summary: summary, hasEndMarker: ended)
                }
            }
            let pipe = BlockPipe()
            let hashesBesideWriting = compression != .zstd
            async let decompressed: Digest? = OwnThread.run {
                var hash = hashesBesideWriting ? nil : SHA256()
                let source = try Self.open(blob, growing, flag, orEnd: pipe)
                try Decompressor(compression: compression, limit: limits.archiveSize)
                    .run(from: source, into: pipe) { hash?.update(bufferPointer: $0) }
                return hash.map { Digest($0.finalize()) }
            }
            async let extracted = OwnThread.run {
                defer { pipe.closeReading() }
                do {
                    return try Self.extract(PipeSource(pipe), into: directory, limits, hashing: hashesBesideWriting)
                } catch {
                    growing?.end(failure: error)
                    throw error
                }
            }
            // The reading end first: it meets the errors of both.
            let (summary, ended, digest) = try await extracted
            return Result(
                diffID: try await decompressed ?? digest,
                compression: compression,
                summary: summary,
                hasEndMarker: ended
            )
        }
    }
}

extension LayerUnpacker {
    private static func open(
        _ blob: FilePath,
        _ growing: GrowingFile?,
        _ flag: CancellationFlag,
        orEnd pipe: BlockPipe
    ) throws -> FileSource {
        do {
            return try FileSource(blob, growing: growing, cancellation: flag)
        } catch {
            pipe.end(failure: error)
            throw error
        }
    }

    /// What the first bytes of the file say, once they are there.
    private static func compression(of blob: FilePath, _ growing: GrowingFile?) throws -> Compression {
        _ = try growing?.length(past: 5)
        return try Compression.detect(in: blob)
    }

    private static func extract(
        _ source: any ByteSource,
        into directory: FilePath,
        _ limits: LayerLimits,
        hashing: Bool
    ) throws -> (LayerExtractor.Summary, hasEndMarker: Bool, Digest?) {
        var hash = hashing ? SHA256() : nil
        var end = EndMarker()
        let observed = ObservedSource(source) { bytes in
            hash?.update(bufferPointer: bytes)
            end.update(bytes)
        }
        let summary = try LayerExtractor(into: directory, limits: limits).extract(from: observed)
        // What follows the archive's end belongs to its digest too.
        try observed.drain()
        return (summary, end.isPresent, hash.map { Digest($0.finalize()) })
    }
}
