// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

extension VolumeStore {
    /// Takes a lease on a volume and makes its data reachable on the host.
    ///
    /// - Parameters:
    ///   - name: The volume.
    ///   - owner: Who uses it; the lease ends with the owner's process.
    ///   - access: Whether it will be written to.
    ///   - content: The directory of an image that the volume is mounted over, opened by the caller in the image's root
    ///     without leaving it. A new, empty volume receives what is in it, once: owners, modes, times, extended
    ///     attributes and hard links with it. Nil for no copy. The descriptor stays the caller's.
    /// - Returns: What to bind into the container, with the lease.
    /// - Throws: ``VolumeError`` with `notFound`, `inUse` (single writer), `dataMissing`, `busy`, `noSpace`. No lease is
    ///   left then.
    public func mount(
        _ name: String,
        owner: LeaseOwner,
        access: VolumeAccess = .readWrite,
        copyingUp content: FileDescriptor? = nil
    ) async throws(VolumeError) -> VolumeMount {
        try await BlockingWork.run { [operations] () throws(VolumeError) in
            try operations.mount(name, owner: owner, access: access, content: content)
        }
    }

    /// Gives a lease back.
    ///
    /// One that is gone already is no error.
    public func release(_ lease: VolumeLease.ID) async throws(VolumeError) {
        try await BlockingWork.run { [operations] () throws(VolumeError) in try operations.release(lease) }
    }

    /// Gives back every lease of an owner, for when its container is gone.
    public func releaseAll(owner: String) async throws(VolumeError) {
        try await BlockingWork.run { [operations] () throws(VolumeError) in try operations.releaseAll(owner: owner) }
    }

    /// Hands a lease to another owner, such as the process that will watch the container.
    ///
    /// - Throws: ``VolumeError`` with `notFound`.
    @discardableResult
    public func transfer(_ lease: VolumeLease.ID, to owner: LeaseOwner) async throws(VolumeError) -> VolumeLease {
        try await BlockingWork.run { [operations] () throws(VolumeError) in try operations.transfer(lease, to: owner) }
    }

    /// Mounts a volume for the time of `body`, whatever happens in it.
    @discardableResult
    public func withMount<Result: Sendable>(
        _ name: String,
        owner: LeaseOwner,
        access: VolumeAccess = .readWrite,
        copyingUp content: FileDescriptor? = nil,
        _ body: (VolumeMount) async throws -> Result
    ) async throws -> Result {
        let mount = try await mount(name, owner: owner, access: access, copyingUp: content)
        let result: Result
        do {
            result = try await body(mount)
        } catch {
            try? await release(mount.lease.id)
            throw error
        }
        try await release(mount.lease.id)
        return result
    }
}
