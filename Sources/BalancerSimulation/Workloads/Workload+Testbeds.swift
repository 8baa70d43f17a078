// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// The workloads by which policies are compared in the docs.
extension Workload {
    /// V0, Prequal's testbed: many clients, replicas that are allotted a tenth of a machine and may use what is free.
    ///
    /// Source: Wydrowski et al., NSDI 2024, section 5.
    ///
    /// - Parameters:
    ///   - load: The load as a share of all allotments.
    ///   - size: The number of clients and of replicas.
    /// - Returns: The workload.
    public static func testbed(load: Double, size: Int = 100) -> Workload {
        let neighbour = Antagonist(isHeavy: false)
        let servers = [ServerSpecification](
            repeating: ServerSpecification(cores: 6.4, antagonist: neighbour),
            count: size
        )
        var workload = Workload(name: "V0", servers: servers, load: load, work: .clampedNormal(mean: 0.08))
        workload.clients = size
        return workload
    }

    /// V1: as V0, with 5 % of machines whose neighbours want everything; the load grows by ninths.
    ///
    /// - Parameters:
    ///   - step: How many times the load of 0.75 is raised by 10/9.
    ///   - size: The number of clients and of replicas.
    /// - Returns: The workload.
    public static func antagonists(step: Int, size: Int = 100) -> Workload {
        antagonists(load: antagonistLoad(step: step), size: size)
    }

    /// The load of a step of V1: 0.75 · (10/9)^step.
    ///
    /// - Parameter step: How many times the load of 0.75 is raised by 10/9.
    /// - Returns: The load as a share of all allotments.
    public static func antagonistLoad(step: Int) -> Double {
        0.75 * (0..<max(0, step)).reduce(1.0) { factor, _ in factor * 10 / 9 }
    }

    /// V1 at any load.
    ///
    /// - Parameters:
    ///   - load: The load as a share of all allotments.
    ///   - size: The number of clients and of replicas.
    /// - Returns: The workload.
    public static func antagonists(load: Double, size: Int = 100) -> Workload {
        var workload = testbed(load: load, size: size)
        workload.name = "V1"
        for index in 0..<max(1, size / 20) {
            workload.servers[index].antagonist?.isHeavy = true
        }
        return workload
    }

    /// V2: as V1 with 15 % such machines, and half of the replicas at half speed.
    ///
    /// - Parameters:
    ///   - load: The load as a share of what all replicas can do on their allotments.
    ///   - size: The number of clients and of replicas.
    /// - Returns: The workload.
    public static func mixedFleet(load: Double, size: Int = 100) -> Workload {
        var workload = testbed(load: load, size: size)
        workload.name = "V2"
        for index in 0..<size {
            workload.servers[index].antagonist?.isHeavy = index < size * 3 / 20
            workload.servers[index].speed = index % 2 == 0 ? 1 : 0.5
        }
        let capacity = workload.servers.reduce(0) { $0 + $1.cores * $1.speed }
        workload.arrivalRate = load * capacity / workload.work.mean
        return workload
    }

    /// V3: one balancer, eight replicas of two cores; one request in twenty takes a hundred times as long.
    ///
    /// - Parameter load: The load as a share of all cores.
    /// - Returns: The workload.
    public static func bimodal(load: Double) -> Workload {
        single(name: "V3 bimodal", load: load, work: .bimodal(short: 0.005, long: 0.5, longShare: 0.05))
    }

    /// V3 with heavy-tailed work: Pareto with α = 1.1 from 1 ms to 2 s.
    ///
    /// - Parameter load: The load as a share of all cores.
    /// - Returns: The workload.
    public static func pareto(load: Double) -> Workload {
        single(name: "V3 pareto", load: load, work: .boundedPareto(shape: 1.1, least: 0.001, most: 2))
    }

    /// V3b: two of the eight replicas at half speed.
    ///
    /// - Parameter load: The load as a share of what all replicas can do.
    /// - Returns: The workload.
    public static func halfSpeed(load: Double = 0.85) -> Workload {
        var servers = [ServerSpecification](repeating: ServerSpecification(cores: 2), count: 8)
        servers[0].speed = 0.5
        servers[1].speed = 0.5
        let work = ServiceTimes.bimodal(short: 0.005, long: 0.5, longShare: 0.05)
        return Workload(name: "V3b", servers: servers, load: load, work: work)
    }

    /// V4: four replicas at 95 % of what they can do, and a fifth joins ten seconds into the measured time.
    ///
    /// - Parameters:
    ///   - cold: Whether it is four times slower for its first ten seconds.
    ///   - load: The load as a share of what the four can do.
    /// - Returns: The workload.
    public static func scaleOut(cold: Bool, load: Double = 0.95) -> Workload {
        let servers = [ServerSpecification](repeating: ServerSpecification(cores: 2), count: 4)
        var workload = Workload(
            name: cold ? "V4 cold" : "V4 warm",
            servers: servers,
            load: load,
            work: .exponential(mean: 0.02)
        )
        workload.duration = .seconds(40)
        workload.faults = [
            .join(at: .seconds(25), slowdown: cold ? 4 : 1, coldFor: cold ? .seconds(10) : .zero)
        ]
        return workload
    }

    /// V5: six containers held to three tenths of a processor each, in periods of a tenth of a second; a fifth of the
    /// requests takes some three times as long as the rest, and reports come ten times a second.
    ///
    /// - Parameter load: The load as a share of all quotas.
    /// - Returns: The workload.
    public static func quotas(load: Double = 0.7) -> Workload {
        let server = ServerSpecification(cores: 0.3, quota: CPUQuota(processors: 2))
        let servers = [ServerSpecification](repeating: server, count: 6)
        let work = ServiceTimes.bimodal(short: 0.003, long: 0.008, longShare: 0.2)
        var workload = Workload(name: "V5", servers: servers, load: load, work: work)
        workload.reportInterval = .milliseconds(100)
        return workload
    }

    private static func single(name: String, load: Double, work: ServiceTimes) -> Workload {
        let servers = [ServerSpecification](repeating: ServerSpecification(cores: 2), count: 8)
        var workload = Workload(name: name, servers: servers, load: load, work: work)
        workload.duration = .seconds(600)
        return workload
    }
}
