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
        queue.push(.report(server: server), at: now + workload.reportInterval.simulated)
        guard servers[server].answers else { return }
        servers[server].cpu.advance(to: now)
        let index = reports.insert((server, servers[server].takeReport(at: now)))
        if workload.reportDelay > .zero {
            queue.push(.reported(index), at: now + workload.reportDelay.simulated)
        } else {
            reported(index)
        }
    }

    /// A report reaches the clients.
    mutating func reported(_ index: Int) {
        guard let (server, report) = reports.take(index) else { return }
        let id = "replica-\(server)"
        for client in clients {
            client.balancer.report(report, from: id, at: timestamp)
        }
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

    /// A replica like the first joins every client's set.
    mutating func addReplica(slowdown: Double) {
        guard let specification = workload.servers.first else { return }
        let server = servers.count
        servers.append(SimulatedServer(specification, joinedAt: now))
        servers[server].slow(by: slowdown)
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
