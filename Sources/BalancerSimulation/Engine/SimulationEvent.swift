// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// What can happen in a simulation.
enum SimulationEvent {
    /// A request comes to a client.
    case arrival
    /// A request reaches its server.
    case reach(request: Int, generation: UInt32)
    /// A server may have finished a request, unless its load has changed since.
    case finish(server: Int, version: UInt32)
    /// An answer reaches its client.
    case answer(request: Int, generation: UInt32, outcome: Outcome)
    /// A probe reaches its server.
    case probe(client: Int, target: ProbeTarget<Int>)
    /// The answer to a probe reaches its client.
    case probed(client: Int, target: ProbeTarget<Int>, reply: ProbeReply)
    /// A server reports its load to all clients.
    case report(server: Int)
    /// A neighbour on a server's machine changes what it takes.
    case antagonist(server: Int)
    /// Every 100 ms: samples are taken and clocks advanced.
    case tick
    /// Something of the workload's plan happens.
    case fault(Int)
    /// The end of something of the workload's plan.
    case faultEnd(server: Int, speed: Double)
    /// The autoscaler decides.
    case scale
    /// A replica that was started takes requests.
    case replicaReady
}
