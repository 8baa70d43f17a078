// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

extension SimulationRun {
    /// Every 100 ms: balancers do what is due, and samples are taken.
    mutating func tick() {
        for client in clients {
            client.balancer.advance(to: timestamp)
        }
        for index in servers.indices {
            servers[index].cpu.advance(to: now)
        }
        recorder.sample(servers: servers, at: now)
        queue.push(.tick, at: now + Self.sampleInterval)
    }

    /// A server tells every client its utilisation since its last report, and its rates.
    mutating func report(_ server: Int) {
        guard !servers[server].isGone else { return }
        servers[server].cpu.advance(to: now)
        let report = servers[server].takeReport(at: now)
        for client in clients {
            client.balancer.report(report, from: "replica-\(server)", at: timestamp)
        }
        queue.push(.report(server: server), at: now + workload.reportInterval.simulated)
    }

    mutating func changeNeighbour(_ server: Int) {
        guard let antagonist = servers[server].antagonist else { return }
        let used = antagonist.draw(&neighbours)
        servers[server].cpu.advance(to: now)
        servers[server].cpu.cores = max(servers[server].allocation, antagonist.machineCores - used)
        scheduleFinish(server)
        let gap = neighbours.exponential(mean: antagonist.meanInterval)
        queue.push(.antagonist(server: server), at: now + max(1, Int64(gap * 1e9)))
    }

    mutating func setSpeed(_ speed: Double, of server: Int) {
        servers[server].cpu.advance(to: now)
        servers[server].cpu.speed = speed
        scheduleFinish(server)
    }

    mutating func begin(_ fault: Fault) {
        switch fault.kind {
        case .join(let slowdown):
            let server = servers.count
            addReplica(speed: 1 / slowdown)
            if slowdown > 1, let end = fault.end {
                queue.push(.faultEnd(server: server, speed: workload.servers.first?.speed ?? 1), at: end.simulated)
            }
        case .slow(let server, let factor):
            let speed = servers[server].cpu.speed
            setSpeed(speed / factor, of: server)
            if let end = fault.end { queue.push(.faultEnd(server: server, speed: speed), at: end.simulated) }
        case .failFast(let server):
            servers[server].failsFast.toggle()
        case .leave(let server):
            drain([server])
        }
    }

    /// A replica like the first joins every client's set.
    mutating func addReplica(speed factor: Double) {
        guard var specification = workload.servers.first else { return }
        let server = servers.count
        specification.speed *= factor
        servers.append(SimulatedServer(specification, joinedAt: now))
        for client in clients {
            try? client.balancer.apply([.add(Self.endpoint(server))], at: timestamp)
        }
        recorder.newcomer = server
        scheduleServer(server)
        if let scaling, scaling.starting > 0 { self.scaling?.starting -= 1 }
    }

    /// Takes replicas out of every client's set, to finish what they have.
    mutating func drain(_ leaving: [Int]) {
        for server in leaving {
            servers[server].isGone = true
            for client in clients {
                try? client.balancer.apply([.remove(id: "replica-\(server)")], at: timestamp)
            }
        }
    }
}
