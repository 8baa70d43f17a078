// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization
import SystemPackage

extension VolumeStore {
    /// Copies from a volume that can't be removed or restored meanwhile, with its writers paused for the copy only.
    ///
    /// - Throws: ``VolumeError`` with `notFound` if another volume than `expected` has the name by now, among others.
    func withQuietSource<Staged: Sendable, Result: Sendable>(
        _ name: String,
        expecting expected: VolumeID? = nil,
        _ pause: WriterPause?,
        copy: @escaping @Sendable (FilePath) throws(VolumeError) -> Staged,
        finish: @escaping @Sendable (Staged) throws(VolumeError) -> Result,
        discard: @escaping @Sendable (Staged) -> Void
    ) async throws -> Result {
        let owner = try LeaseOwner.thisProcess(id: "copy of \(name)")
        return try await withMount(name, owner: owner, access: .readOnly) { mount in
            guard expected == nil || expected == mount.volume.id else {
                throw VolumeError(.notFound, "the volume '\(name)' has another name by now")
            }
            let copied = Mutex<Staged?>(nil)
            let copyOnce: @Sendable () async throws -> Void = {
                let staged = try await BlockingWork.run { () throws(VolumeError) in try copy(mount.source) }
                if let previous = copied.withLock({ swap(&$0, staged) }) { discard(previous) }
            }
            do {
                if let pause { try await whilePaused(mount, pause, copyOnce) } else { try await copyOnce() }
            } catch {
                if let staged = copied.withLock({ $0 }) { discard(staged) }
                throw error
            }
            guard let staged = copied.withLock({ $0 }) else {
                throw VolumeError(.unsupported, "the hook that pauses writers returned without calling the copy")
            }
            return try await BlockingWork.run { () throws(VolumeError) in try finish(staged) }
        }
    }

    /// Has those paused who may write, and keeps others from beginning to: they wait for the volume's lock.
    private func whilePaused(
        _ mount: VolumeMount,
        _ pause: WriterPause,
        _ copy: @escaping @Sendable () async throws -> Void
    ) async throws {
        let id = mount.volume.id
        let (lock, leases) = try await BlockingWork.run { [operations] () throws(VolumeError) in
            (try operations.keep(id), try operations.leases(of: id))
        }
        defer { lock.release() }
        try await pause(leases.filter { $0.id != mount.lease.id }, copy)
    }
}

/// Puts `new` in the place of `old`, which it returns.
private func swap<Value>(_ old: inout Value?, _ new: Value) -> Value? {
    let previous = old
    old = new
    return previous
}
