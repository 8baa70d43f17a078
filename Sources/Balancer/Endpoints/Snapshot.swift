// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// An immutable set of endpoints that a policy chooses from.
///
/// A policy is given only endpoints that may take requests: those that drain, are ejected or unhealthy have been left
/// out before. Policies that look at parts of a set (a priority, a zone, a subset) make smaller snapshots of it with
/// ``filtered(_:)``; the endpoints in them keep their ``Member/slot`` and counters.
public struct Snapshot: Sendable {
    /// The endpoints, in the order in which they were given to the balancer.
    public let members: [Member]
    /// Endpoints that were left out for their health alone; for policies that reckon how much of a group is well.
    public let impaired: [Member]
    /// The nanoseconds after which a load report counts as missing.
    package let reportExpiry: Int64
    /// The instant for which the snapshot was made, from which slow start and newest-first reckon.
    public let now: Timestamp
    /// Keeps the members' counters alive.
    let arena: LoadArena

    /// The number of endpoints.
    public var count: Int { members.count }

    /// The requests in flight over all endpoints of the balancer; kept if the policy asks for it.
    public var totalInFlight: Int { max(0, arena.totalInFlight.pointer.pointee.load(ordering: .relaxed)) }

    /// A snapshot of some of the endpoints.
    ///
    /// - Parameter isIncluded: Whether a member is to be part of it.
    /// - Returns: A snapshot in the same order.
    public func filtered(_ isIncluded: (Member) -> Bool) -> Snapshot {
        with(members.filter(isIncluded), impaired: impaired.filter(isIncluded))
    }

    /// A snapshot of the given members, which must come from this one.
    ///
    /// - Parameter members: The members, which may have other weights than here.
    /// - Returns: A snapshot of just these.
    public func with(_ members: [Member]) -> Snapshot {
        with(members, impaired: [])
    }

    func with(_ members: [Member], impaired: [Member]) -> Snapshot {
        Snapshot(members: members, impaired: impaired, reportExpiry: reportExpiry, now: now, arena: arena)
    }
}
