// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension ImageStore {
    /// Removes all blobs and unpacked layers that no image uses.
    ///
    /// `lock` is the content lock, held exclusively: nobody adds content or begins to use a layer meanwhile.
    func removeUnusedContent(under lock: borrowing FileLock) throws -> RemovedContent {
        var used = try UsedContent(by: readIndex(), in: StoredContent(paths: paths, limits: limits))
        for (_, kept) in try keptLayers() { used.add(kept.layer) }
        var removed = RemovedContent()
        for name in try Directory.names(in: paths.blobs) {
            guard let digest = try? Digest("\(Digest.algorithm):\(name)"), !used.blobs.contains(digest) else {
                continue
            }
            let path = paths.blob(digest)
            var status = stat()
            try SystemCall.check("lstat", path.string) { lstat(path.string, &status) }
            try Directory.remove(path)
            removed.blobs.append(digest)
            removed.size += Int64(status.st_size)
        }
        for name in try Directory.names(in: paths.unpacked) {
            guard let diffID = try? Digest("\(Digest.algorithm):\(name)"), !used.layers.contains(diffID) else {
                continue
            }
            if let size = try removeLayer(diffID) {
                removed.layers.append(diffID)
                removed.size += size
            }
        }
        return removed
    }

    /// Removes an unpacked layer, unless a container uses it.
    private func removeLayer(_ diffID: Digest) throws -> Int64? {
        let layer = paths.layer(diffID)
        guard let lease = try FileLock.tryTake(layer.lease, .exclusive) else { return nil }
        let size = try layer.record()?.summary.size ?? 0
        // Out of sight in one step, so that no half a layer is ever found under its digest.
        let doomed = paths.partial.appending("removed-\(UInt64.random(in: .min ... .max))")
        try SystemCall.check("rename", layer.directory.string) { rename(layer.directory.string, doomed.string) }
        _ = consume lease
        try Directory.remove(doomed)
        return size
    }
}
