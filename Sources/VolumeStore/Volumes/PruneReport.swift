// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a prune removed.
public struct PruneReport: Sendable, Hashable {
    /// The volumes that are gone.
    public internal(set) var removed: [Volume] = []

    /// How many bytes of disk that freed.
    public internal(set) var reclaimedBytes: Int64 = 0
}
