// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The content of a volume at one moment, kept in the store.
public struct Snapshot: Sendable, Hashable, Identifiable {
    /// The identity of the snapshot.
    public let id: VolumeID

    /// The volume it was taken of.
    public let volume: VolumeID

    /// Its name, unique among the snapshots of the volume.
    public let name: String

    /// When it was taken.
    public let createdAt: Timestamp
}
