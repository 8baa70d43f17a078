// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// A request's place on an endpoint, whatever the endpoint's address and connector are.
protocol Placement: AnyObject {
    /// The connections to the endpoint.
    var pool: EndpointPool { get }
    /// By which a retry can exclude the endpoint.
    var slot: Int { get }

    /// Makes a socket at once; nil if it comes later, as the answer to `connection`.
    func openSocket(for connection: SourceID) throws -> Answer?

    /// Tells the balancer how it ended; called once.
    func complete(_ outcome: Outcome, latency: Duration?)

    /// Hands a load report to the balancer.
    func report(_ report: LoadReport) -> Bool
}

/// What became of a search for an endpoint.
enum PlacementDecision {
    case placed(any Placement)
    case refused
}

/// Finds endpoints for one thread's requests, and keeps the connections to them.
protocol UpstreamRouter: AnyObject {
    /// The balancer's time.
    var now: Timestamp { get }
    /// Every pool of connections.
    var pools: [String: EndpointPool] { get }

    /// Begins to let the balancer do what is due by the clock.
    func start()

    /// Does no more by the clock.
    func stop()

    /// Finds an endpoint.
    func place(_ context: PickContext) -> PlacementDecision

    /// Lets go of idle connections to endpoints that left or drain.
    func prune()
}
