// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CImageStore
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension ImageStore {
    /// Makes an image's layers ready to be mounted; those not yet unpacked are unpacked now.
    ///
    /// - Returns: The layers' directories, and a hold that keeps them as long as it lives.
    /// - Throws: ``ImageStoreError`` with code `contentNotFound` if a layer's blob is missing, `digestMismatch` if it
    ///   does not unpack to the announced content, and the errors of unpacking.
    public func prepareRootfs(of image: Image, progress: ProgressHandler? = nil) async throws -> PreparedRootfs {
        try await prepareRootfs(of: image.layers, progress: progress)
    }

    /// Makes layers ready to be mounted, lowest first, whether an image has them or not.
    ///
    /// - Returns: The layers' directories, and a hold that keeps them as long as it lives.
    /// - Throws: As ``prepareRootfs(of:progress:)``.
    package func prepareRootfs(
        of stored: [StoredLayer],
        progress: ProgressHandler? = nil
    ) async throws -> PreparedRootfs {
        let lock = try await FileLock.wait(for: paths.contentLock, .shared)
        var layers: [FilePath] = []
        var leases: [PreparedRootfs.Lease] = []
        for stored in stored {
            try await ensureUnpacked(stored.descriptor, diffID: stored.diffID, progress: progress)
            let layer = paths.layer(stored.diffID)
            guard let lease = try FileLock.tryTake(layer.lease, .shared) else {
                throw ImageStoreError(
                    code: .inUse,
                    message: "the layer \(stored.diffID) is being removed",
                    path: layer.directory.string
                )
            }
            leases.append(PreparedRootfs.Lease(lease))
            layers.append(layer.root)
        }
        _ = consume lock
        return PreparedRootfs(layers: LayerStack.distinct(layers).reversed(), leases: leases)
    }

    /// Unpacks a layer whose blob is in the store, unless it is there already.
    private func ensureUnpacked(_ descriptor: Descriptor, diffID: Digest, progress: ProgressHandler?) async throws {
        let layer = paths.layer(diffID)
        if try layer.record() != nil { return }
        let session = try await IngestSession(paths: paths, limits: limits)
        let blob = paths.blob(descriptor.digest)
        guard access(blob.string, R_OK) == 0 else {
            throw ImageStoreError(
                code: .contentNotFound,
                message: "the layer \(descriptor.digest) is missing",
                path: descriptor.digest.description
            )
        }
        try await session.unpack(blob, of: descriptor, expecting: diffID)
        try session.commit()
    }

    /// Marks layers that were unpacked a while ago as being on the disk, after making sure that they are.
    func settleUnpackedLayers() throws {
        var layers: [(UnpackedLayer, UnpackedLayer.Record)] = []
        for name in try Directory.names(in: paths.unpacked) {
            let layer = UnpackedLayer(directory: paths.unpacked.appending(name))
            // By now the kernel has written most of it on its own, so that the sync below has little to do.
            guard let record = try? layer.record(), record.writtenInBoot != nil, time(nil) - record.writtenAt > 60
            else { continue }
            layers.append((layer, record))
        }
        guard !layers.isEmpty else { return }
        let directory = try OpenFile(paths.unpacked, O_RDONLY | O_DIRECTORY)
        try SystemCall.check("syncfs", paths.unpacked.string) { cimagestore_syncfs(directory.number) }
        for (layer, record) in layers {
            var settled = record
            settled.writtenInBoot = nil
            try layer.write(settled)
        }
    }
}
