// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A rule by which requests are spread.
///
/// A policy works in three steps, each less frequent than the next:
/// 1. the **policy** itself is configuration;
/// 2. for each new set of endpoints it makes a ``PolicyPlan``: tables that never change and that all threads share;
/// 3. of the plan each event loop makes itself a ``PolicyPicker``, which holds what changes with every pick (a cursor,
///    a generator) and is used by that loop alone.
public protocol Policy: Sendable {
    /// Prepares for a new set of endpoints.
    ///
    /// Runs under the balancer's lock, may allocate, and should take no longer than n log n.
    ///
    /// - Parameters:
    ///   - snapshot: The endpoints; may be empty.
    ///   - previous: The plan that this one replaces, if it can be of use.
    /// - Returns: What the pickers share.
    func plan(for snapshot: Snapshot, replacing previous: (any PolicyPlan)?) -> any PolicyPlan

    /// Whether picks need ``Snapshot/totalInFlight``, which costs all threads a shared counter.
    var needsTotalInFlight: Bool { get }

    /// Whether load reports are compared with the requests that were in flight meanwhile, which costs each pick and each
    /// completion another counter of the endpoint's.
    var needsTimeInFlight: Bool { get }

    /// How fast measured latencies and failures are forgotten; nil if the policy has no use for them, which spares each
    /// completion their upkeep.
    var latencyDecay: Duration? { get }

    /// How often the plan is to be made anew even if no endpoint changed, as for weights that follow load reports.
    var refreshInterval: Duration? { get }
}

extension Policy {
    /// No: most policies look at single endpoints.
    public var needsTotalInFlight: Bool { false }

    /// No: most policies take reports as they are, or take none.
    public var needsTimeInFlight: Bool { false }

    /// None: most policies do not measure.
    public var latencyDecay: Duration? { nil }

    /// Never: most plans depend on the endpoints alone.
    public var refreshInterval: Duration? { nil }
}
