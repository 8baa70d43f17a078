// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension VolumeStore {
    /// Runs `copy` while nobody writes to the volume.
    ///
    /// An engine pauses the containers that hold `leases` for writing, calls `copy`, and lets them go on in any case. Who
    /// wants to mount the volume meanwhile waits until the hook returns.
    public typealias WriterPause =
        @Sendable (_ leases: [VolumeLease], _ copy: @Sendable () async throws -> Void) async throws -> Void

    /// Keeps the content of a volume as it is now, by reflink where the filesystem can and else as a copy.
    ///
    /// - Parameters:
    ///   - name: The volume. It may be mounted.
    ///   - snapshot: The name of the snapshot, by the same rules as a volume's.
    ///   - pause: Keeps writers still meanwhile. Without it a file that changes during the copy may be kept half-changed.
    /// - Returns: The snapshot, which is on the disk.
    /// - Throws: ``VolumeError`` with `notFound`, `alreadyExists`, `invalidName`, `noSpace`, and what `pause` throws.
    @discardableResult
    public func snapshot(
        _ name: String,
        as snapshot: String,
        pausing pause: WriterPause? = nil
    ) async throws -> Snapshot {
        let id = try await volume(named: name).id
        try await BlockingWork.run { [operations] () throws(VolumeError) in
            try operations.checkSnapshot(snapshot, of: id)
        }
        return try await withQuietSource(name, expecting: id, pause) { [operations] source throws(VolumeError) in
            try operations.stageCopy(of: source)
        } finish: { [operations] staged throws(VolumeError) in
            try operations.publishSnapshot(staged, snapshot, of: id)
        } discard: {
            $0.discard()
        }
    }

    /// Makes a new volume with the content of another, and with its driver, options and labels.
    ///
    /// - Parameters:
    ///   - name: The volume to copy. It may be mounted.
    ///   - newName: The name of the new one.
    ///   - pause: Keeps writers still meanwhile.
    /// - Returns: The new volume.
    /// - Throws: ``VolumeError`` with `notFound`, `alreadyExists`, `invalidName`, `unsupported` (the driver keeps its data
    ///   elsewhere), `noSpace`, and what `pause` throws.
    @discardableResult
    public func clone(
        _ name: String,
        to newName: String,
        pausing pause: WriterPause? = nil
    ) async throws -> Volume {
        let record = try await BlockingWork.run { [operations] () throws(VolumeError) in
            try operations.checkClone(of: name, to: newName)
        }
        return try await withQuietSource(name, expecting: record.id, pause) { [operations] source throws(VolumeError) in
            try operations.stageClone(of: record, named: newName, from: source)
        } finish: { [operations] clone throws(VolumeError) in
            try operations.publishClone(clone)
        } discard: {
            $0.staging.discard()
        }
    }

    /// Makes a new volume of a snapshot.
    ///
    /// - Throws: As ``clone(_:to:pausing:)``.
    @discardableResult
    public func clone(
        _ name: String,
        snapshot: String,
        to newName: String
    ) async throws(VolumeError) -> Volume {
        try await BlockingWork.run { [operations] () throws(VolumeError) in
            try operations.clone(name, snapshot: snapshot, to: newName)
        }
    }

    /// Makes the content of a volume what it was at a snapshot; what it is now is lost.
    ///
    /// - Throws: ``VolumeError`` with `notFound`, `inUse` if it is mounted, `unsupported`, `noSpace`. The content is then
    ///   what it was before.
    public func restore(_ name: String, from snapshot: String) async throws(VolumeError) {
        try await BlockingWork.run { [operations] () throws(VolumeError) in
            try operations.restore(name, from: snapshot)
        }
    }

    /// The snapshots of a volume, oldest first.
    ///
    /// - Throws: ``VolumeError`` with `notFound`.
    public func snapshots(of name: String) async throws(VolumeError) -> [Snapshot] {
        try await BlockingWork.run { [operations] () throws(VolumeError) in try operations.snapshots(of: name) }
    }

    /// Removes a snapshot for good.
    ///
    /// - Throws: ``VolumeError`` with `notFound`.
    public func removeSnapshot(_ snapshot: String, of name: String) async throws(VolumeError) {
        try await BlockingWork.run { [operations] () throws(VolumeError) in
            try operations.removeSnapshot(snapshot, of: name)
        }
    }
}
