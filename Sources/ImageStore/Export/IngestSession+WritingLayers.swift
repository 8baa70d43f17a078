// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension IngestSession {
    /// Makes a layer of the upper directory of an overlay.
    ///
    /// The archive and both digests are made in one pass.
    ///
    /// - Parameters:
    ///   - upper: The directory; it stays as it is.
    ///   - compression: How the layer is stored; `none`, `gzip` or `zstd`.
    ///   - latest: Times later than this, in seconds since 1970, become this.
    /// - Returns: The layer's blob and its diff id.
    /// - Throws: ``ImageStoreError`` with code `system`; `CancellationError`.
    package func writeLayer(
        of upper: FilePath,
        compression: Compression = .none,
        latest: Int? = nil
    ) async throws -> (layer: Descriptor, diffID: Digest) {
        let target = newPath()
        let (digest, size, diffID) = try await CancellationFlag.with { flag in
            try await OwnThread.run {
                let blob = try BlobWriter(path: target)
                guard compression != .none else {
                    let writer = try ArchiveWriter { try blob.write($0) }
                    try TreeArchiver(writer, latest: latest, cancellation: flag).write(upper)
                    try writer.finish()
                    let (digest, size) = try blob.finish()
                    return (digest, size, digest)
                }
                let hash = SHA256()
                let compressor = try Compressor(compression) { try blob.write($0) }
                let writer = try ArchiveWriter { bytes in
                    hash.update(bytes)
                    try compressor.write(bytes)
                }
                try TreeArchiver(writer, latest: latest, cancellation: flag).write(upper)
                try writer.finish()
                try compressor.finish()
                let (digest, size) = try blob.finish()
                return (digest, size, Digest(hash.finalize()))
            }
        }
        stage(digest, at: target)
        return (Descriptor(mediaType: compression.layerType ?? .layer, digest: digest, size: size), diffID)
    }

    /// Takes the upper directory of an overlay as the unpacked form of the layer that was made of it.
    ///
    /// The directory is moved, so it must be on the store's file system, and no overlay may use it as its upper
    /// directory any more.
    ///
    /// - Throws: ``ImageStoreError`` with code `system`.
    package func adopt(upper: FilePath, as diffID: Digest) throws {
        if try isUnpacked(diffID) { return }
        let layer = UnpackedLayer(directory: newPath())
        try Directory.make(layer.directory)
        try Directory.rename(upper, to: layer.root)
        try layer.write(
            UnpackedLayer.Record(
                diffID: diffID,
                summary: LayerExtractor.Summary(),
                writtenInBoot: UnpackedLayer.currentBoot,
                writtenAt: time(nil)
            )
        )
        stage(layer, diffID: diffID)
    }

    /// Adds an image of layers that the session or the store holds.
    ///
    /// - Returns: The manifest, to be listed after the commit.
    /// - Throws: ``ImageStoreError`` with code `system`.
    package func addImage(_ configuration: ImageConfiguration, layers: [Descriptor]) throws -> Descriptor {
        let config = try add(configuration, as: .config)
        var manifest = try add(Manifest(config: config, layers: layers), as: .manifest)
        manifest.platform = configuration.platform
        return manifest
    }
}
