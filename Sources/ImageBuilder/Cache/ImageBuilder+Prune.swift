// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
public import ImageStore
import SystemPackage

extension ImageBuilder {
    /// Removes what builds have kept: the results of steps that no image has, and the caches of commands.
    ///
    /// Waits for builds that run now; a cache that a command uses stays.
    ///
    /// - Parameter includesMounts: Whether the caches of `RUN --mount=type=cache` go, too.
    /// - Returns: What was removed of the store.
    /// - Throws: `ImageStoreError`, ``ImageBuilderError``; `CancellationError` if the task is cancelled while it waits.
    @discardableResult
    public func prune(includesMounts: Bool = true) async throws -> RemovedContent {
        let removed = try await store.releaseKeptLayers { _, _ in true }
        let directory = store.root.appending("build-mounts")
        guard includesMounts, access(directory.string, F_OK) == 0 else { return removed }
        try await OwnThread.run {
            let root = try TreeRoot(path: directory).directory
            for name in try root.names() {
                let lock = openat(root.number, "\(name)/lock", O_RDWR | O_CLOEXEC)
                guard lock >= 0 else { continue }
                let held = OpenFile(owning: lock)
                if flock(held.number, LOCK_EX | LOCK_NB) == 0 { try root.remove(name) }
            }
        }
        return removed
    }
}
