// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// Gathers what a run measures.
struct Recorder {
    private let measuredFrom: Int64
    private var latencies: [Double] = []
    private var errors = 0
    private var inFlight: [Double] = []
    private var utilisations: [Double] = []
    private var usedBefore: [Double] = []
    private var samples = 0
    private var timeline: [SimulationResult.Moment] = []
    private var second: [Double] = []
    private var secondErrors = 0
    /// The last replica to join.
    var newcomer: Int? { didSet { joined = nil } }
    private var joined: Int64?
    private var newcomerInFlight: [Int] = []
    private var newcomerMost = 0
    private var afterJoining: [Double] = []

    init(workload: Workload) {
        measuredFrom = workload.warmUp.simulated
    }

    mutating func ended(started: Int64, now: Int64, isError: Bool) {
        let latency = Double(now - started) / 1e6
        second.append(latency)
        if isError { secondErrors += 1 }
        if let joined, now - joined < 10_000_000_000 { afterJoining.append(latency) }
        guard started >= measuredFrom else { return }
        latencies.append(latency)
        if isError { errors += 1 }
    }

    mutating func refused(at now: Int64) {
        secondErrors += 1
        guard now >= measuredFrom else { return }
        latencies.append(0)
        errors += 1
    }

    mutating func begun(on server: Int, active: Int, at now: Int64) {
        guard server == newcomer else { return }
        if joined == nil { joined = now }
        if let joined, now - joined < 10_000_000_000 { newcomerMost = max(newcomerMost, active) }
    }

    /// Takes the samples of each 100 ms, and each tenth time those of a second.
    mutating func sample(servers: [SimulatedServer], at now: Int64) {
        samples += 1
        let present = servers.indices.filter { !servers[$0].isGone }
        if let newcomer, servers.indices.contains(newcomer) {
            newcomerInFlight.append(servers[newcomer].cpu.active)
        }
        if now >= measuredFrom {
            for server in present { inFlight.append(Double(servers[server].cpu.active)) }
        }
        guard samples % 10 == 0 else { return }
        var sum = 0.0
        for server in servers.indices {
            if usedBefore.count <= server { usedBefore.append(0) }
            let share = (servers[server].cpu.used - usedBefore[server]) / servers[server].allocation
            usedBefore[server] = servers[server].cpu.used
            guard !servers[server].isGone else { continue }
            sum += share
            if now >= measuredFrom { utilisations.append(share) }
        }
        timeline.append(
            SimulationResult.Moment(
                second: samples / 10,
                requests: second.count,
                errors: secondErrors,
                p99: Quantiles(second).p99,
                inFlight: servers.reduce(0) { $0 + $1.cpu.active },
                replicas: present.count,
                utilisation: sum / Double(max(1, present.count))
            )
        )
        second.removeAll(keepingCapacity: true)
        secondErrors = 0
    }

    func result(servers: [SimulatedServer]) -> SimulationResult {
        let (latency, distribution) = Quantiles.withDistribution(latencies)
        return SimulationResult(
            latency: latency,
            distribution: distribution,
            errorShare: Double(errors) / Double(max(1, latencies.count)),
            requests: latencies.count,
            inFlight: Quantiles(inFlight),
            utilisation: Quantiles(utilisations),
            answered: servers.map(\.completed),
            newcomer: newcomer.map { _ in
                SimulationResult.Newcomer(
                    mostInFlight: newcomerMost,
                    p99: Quantiles(afterJoining).p99,
                    inFlight: newcomerInFlight
                )
            },
            timeline: timeline
        )
    }
}
