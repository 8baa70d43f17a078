// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// A way to one endpoint's counters, free of reference counting.
///
/// Whoever holds a handle also holds the snapshot or balancer that it came from, which keeps the memory alive.
public struct LoadHandle: @unchecked Sendable {
    // Unchecked because of the pointer, behind which there are atomics only.
    let pointer: UnsafeMutablePointer<EndpointLoad>

    /// Requests that were picked and not yet completed, over all pickers of the balancer.
    public var inFlight: Int {
        max(0, pointer.pointee.inFlight.load(ordering: .relaxed))
    }

    /// Requests ever picked.
    public var started: UInt64 {
        pointer.pointee.started.load(ordering: .relaxed)
    }

    var generation: UInt32 {
        pointer.pointee.generation.load(ordering: .acquiring)
    }

    /// Counts a request in, unless `limit` requests are in flight already.
    ///
    /// - Returns: Whether the request was counted.
    func reserve(limit: Int) -> Bool {
        let before = pointer.pointee.inFlight.add(1, ordering: .relaxed).oldValue
        guard before < limit else {
            pointer.pointee.inFlight.subtract(1, ordering: .relaxed)
            return false
        }
        pointer.pointee.started.add(1, ordering: .relaxed)
        return true
    }

    /// Counts a request out; a completion too many changes nothing.
    func release() {
        let before = pointer.pointee.inFlight.subtract(1, ordering: .acquiringAndReleasing).oldValue
        if before <= 0 {
            pointer.pointee.inFlight.add(1, ordering: .relaxed)
        }
    }

    /// Makes the place ready for a new endpoint and returns the generation that belongs to it.
    func renew() -> UInt32 {
        pointer.pointee.inFlight.store(0, ordering: .relaxed)
        pointer.pointee.started.store(0, ordering: .relaxed)
        return pointer.pointee.generation.add(1, ordering: .acquiringAndReleasing).newValue
    }
}
