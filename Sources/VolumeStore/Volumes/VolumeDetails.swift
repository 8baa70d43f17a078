// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A volume with everything around it, for `inspect`.
public struct VolumeDetails: Sendable, Hashable {
    /// The volume.
    public let volume: Volume

    /// Who has it mounted.
    public let leases: [VolumeLease]

    /// Whether its directory is where it belongs.
    ///
    /// If not, somebody moved or deleted it from outside the store.
    public let isDataPresent: Bool
}
