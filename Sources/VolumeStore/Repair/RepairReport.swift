// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

/// What opening a store found and put right.
public struct RepairReport: Sendable, Hashable {
    /// Volumes whose creation or removal a crash had interrupted after and before its commit: they are whole again.
    public internal(set) var completed: [String] = []

    /// How many half-made or half-deleted directories were removed.
    ///
    /// None of them was ever a volume, or still was one.
    public internal(set) var discarded = 0

    /// Directories that belong to no volume.
    ///
    /// They are reported, never deleted.
    public internal(set) var orphans: [FilePath] = []

    /// Volumes whose directory is gone.
    public internal(set) var missing: [String] = []

    /// How many leases of dead processes were reclaimed.
    public internal(set) var reclaimedLeases = 0

    /// Whether there was nothing to do.
    public var isClean: Bool { self == RepairReport() }
}
