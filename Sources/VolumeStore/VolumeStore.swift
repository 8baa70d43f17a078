// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization
public import SystemPackage

/// Named volumes that outlive containers, in one directory.
///
/// A store is a directory with a SQLite database and a directory for each volume. Any number of processes may open the
/// same one. Every change is on the disk when its call returns, and a crash at any moment leaves the state before or
/// after it.
///
/// ```swift
/// let store = try await VolumeStore.open("/var/lib/nestbox/volumes")
/// try await store.create(VolumeRequest(name: "ghost-vol"))
/// let owner = try LeaseOwner.thisProcess(id: "ghost")
/// try await store.withMount("ghost-vol", owner: owner) { mount in
///     print("bind \(mount.source) into the container")
/// }
/// ```
public final class VolumeStore: Sendable {
    /// What opening found and put right.
    public let repairReport: RepairReport

    /// The directory of the store.
    public let root: FilePath

    let operations: StoreOperations

    /// What was counted last, by volume.
    let usages = Mutex<[VolumeID: VolumeUsage]>([:])

    private init(_ layout: StoreLayout, _ configuration: Configuration) throws(VolumeError) {
        root = layout.root
        operations = StoreOperations(
            layout: layout,
            catalog: try Catalog(path: layout.database, lockTimeout: configuration.databaseLockTimeout),
            drivers: try configuration.driversByName(),
            volumeLockTimeout: configuration.volumeLockTimeout
        )
        repairReport = try operations.repair()
    }

    /// Opens the store in the directory `root`, makes it if it is not there, and completes what a crash interrupted.
    ///
    /// Where the disk is full it uses the room that it has kept for that, so that something can be removed.
    ///
    /// - Throws: ``VolumeError`` with `corruptDatabase`, `newerSchema`, `foreignDatabase`, `notWritable`, `busy` or
    ///   `noSpace`. Nothing that was there is changed then.
    public static func open(
        _ root: FilePath,
        configuration: Configuration = Configuration()
    ) async throws(VolumeError) -> VolumeStore {
        try await BlockingWork.run { () throws(VolumeError) -> VolumeStore in
            guard root.isAbsolute else {
                throw VolumeError(.inputOutput, "the volume store needs an absolute path, not '\(root)'")
            }
            let layout = StoreLayout(root: root.lexicallyNormalized())
            try layout.create()
            let reserve = SpaceReserve(path: layout.reserve)
            do throws(VolumeError) {
                let store = try VolumeStore(layout, configuration)
                reserve.keep()
                return store
            } catch {
                guard error.code == .noSpace, reserve.release() else { throw error }
                return try VolumeStore(layout, configuration)
            }
        }
    }
}
