// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// Leases of this process whose release the disk refused.
///
/// Their owners believe them gone, so they no longer count, and the next operation that can removes their rows.
final class AbandonedLeases: Sendable {
    private let ids = Mutex<Set<VolumeLease.ID>>([])

    func insert(_ id: VolumeLease.ID) {
        _ = ids.withLock { $0.insert(id) }
    }

    func remove(_ id: VolumeLease.ID) {
        _ = ids.withLock { $0.remove(id) }
    }

    func contains(_ id: VolumeLease.ID) -> Bool {
        ids.withLock { $0.contains(id) }
    }

    var all: Set<VolumeLease.ID> {
        ids.withLock { $0 }
    }
}
