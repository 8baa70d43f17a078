// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

extension SimulationRun {
    /// Lets something of the plan happen.
    mutating func begin(_ index: Int) {
        let fault = workload.faults[index]
        var affected = fault.server
        switch fault.kind {
        case .join(let slowdown):
            affected = servers.count
            addReplica(slowdown: slowdown)
        case .slow(let server, let factor):
            servers[server].cpu.advance(to: now)
            servers[server].slow(by: factor)
            scheduleFinish(server)
        case .failFast(let server):
            change(server, to: .failsFast)
        case .freeze(let server):
            change(server, to: .frozen)
        case .die(let server):
            change(server, to: .dead)
            dropRequests(of: server)
        case .leave(let server):
            drain([server])
        }
        if let end = fault.end, let affected {
            queue.push(.faultEnd(index, server: affected), at: max(now, end.simulated))
        }
        if let delay = fault.noticedAfter, let affected {
            queue.push(.notice(server: affected, isHealthy: false), at: now + max(0, delay.simulated))
        }
    }

    /// Ends something of the plan on a server.
    mutating func end(_ index: Int, on server: Int) {
        let fault = workload.faults[index]
        switch fault.kind {
        case .join, .slow:
            servers[server].cpu.advance(to: now)
            servers[server].slow(by: 1)
            scheduleFinish(server)
        case .failFast, .freeze, .die:
            change(server, to: .well)
        case .leave:
            break
        }
        if let delay = fault.noticedAfter {
            queue.push(.notice(server: server, isHealthy: true), at: now + max(0, delay.simulated))
        }
    }

    /// A health check tells every client how a server is.
    func notice(_ server: Int, isHealthy: Bool) {
        guard !servers[server].isGone else { return }
        let event = EndpointEvent<Int>.setHealth(id: "replica-\(server)", isHealthy ? .healthy : .unhealthy)
        for client in clients {
            try? client.balancer.apply([event], at: timestamp)
        }
    }

    private mutating func change(_ server: Int, to condition: SimulatedServer.Condition) {
        servers[server].cpu.advance(to: now)
        servers[server].change(to: condition)
        scheduleFinish(server)
    }

    /// Requests on a server that died fail, and their clients learn it by the broken connection.
    private mutating func dropRequests(of server: Int) {
        for (index, generation) in servers[server].cpu.cancelAll() {
            guard requests[index].generation == generation else { continue }
            requests[index].isAtServer = false
            servers[server].responder.cancel()
            let message = NetworkMessage.answer(request: index, generation: generation, outcome: .connectionError)
            network.push(message, at: now + networkDelay)
        }
        scheduleFinish(server)
    }
}
