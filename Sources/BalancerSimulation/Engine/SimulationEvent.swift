// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What happens now and then in a simulation; the frequent things have queues of their own.
enum SimulationEvent {
    /// Requests come to a client.
    case arrival
    /// A server reports its load to all clients.
    case report(server: Int)
    /// A report reaches the clients.
    case reported(Int)
    /// A neighbour on a server's machine changes what it takes.
    case antagonist(server: Int)
    /// Every 100 ms: samples are taken and clocks advanced.
    case tick
    /// Something of the workload's plan happens.
    case fault(Int)
    /// Something of the workload's plan is over, on a server.
    case faultEnd(Int, server: Int)
    /// Clients learn that a server works no more, or works again.
    case notice(server: Int, isHealthy: Bool)
    /// The autoscaler decides.
    case scale
    /// A replica that was started takes requests.
    case replicaReady
}
