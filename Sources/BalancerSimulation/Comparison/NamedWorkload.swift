// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import Balancer

/// One of the workloads by which policies are compared, under its name.
public struct NamedWorkload: Sendable {
    /// The name, such as `v3-bimodal`.
    public let name: String
    /// What it is about, in a few words.
    public let summary: String
    /// The load that it has if nobody says another: as a share of what its replicas are allotted.
    public let usualLoad: Double
    private let make: @Sendable (Double) -> Workload

    /// The workload at a load.
    ///
    /// - Parameter load: The load; the usual one if not stated.
    /// - Returns: The workload.
    /// - Throws: `BalancerError` unless the load is between 0 and 100.
    public func workload(load: Double? = nil) throws(BalancerError) -> Workload {
        let load = load ?? usualLoad
        guard load > 0, load <= 100 else {
            throw BalancerError(
                code: .invalidConfiguration,
                message: "the load is \(load): it must be above 0 and at most 100, where 1 is all that is allotted"
            )
        }
        return make(load)
    }

    /// All of them.
    public static let all: [NamedWorkload] = [
        NamedWorkload("v0", "100 clients and replicas of 6.4 cores; Prequal's testbed", 1) { .testbed(load: $0) },
        NamedWorkload("v1", "the same; on 5 % of the machines neighbours want everything", 1.27) {
            .antagonists(load: $0)
        },
        NamedWorkload("v2", "on 15 % of them, and half of the replicas at half speed", 0.9) { .mixedFleet(load: $0) },
        NamedWorkload("v3-bimodal", "one client, 8 replicas; 95 % of requests take 5 ms, 5 % 500 ms", 0.7) {
            .bimodal(load: $0)
        },
        NamedWorkload("v3-pareto", "one client, 8 replicas; heavy-tailed requests of 1 ms to 2 s", 0.7) {
            .pareto(load: $0)
        },
        NamedWorkload("v3b", "as v3-bimodal, with two of the replicas at half speed", 0.85) { .halfSpeed(load: $0) },
        NamedWorkload("v4-warm", "4 replicas near their limit; a fifth joins", 0.95) {
            .scaleOut(cold: false, load: $0)
        },
        NamedWorkload("v4-cold", "the same; the fifth is four times slower for ten seconds", 0.95) {
            .scaleOut(cold: true, load: $0)
        },
        NamedWorkload("v5", "6 containers that are held to 0.3 processors each", 0.7) { .quotas(load: $0) },
    ]

    private init(
        _ name: String,
        _ summary: String,
        _ usualLoad: Double,
        _ make: @escaping @Sendable (Double) -> Workload
    ) {
        self.name = name
        self.summary = summary
        self.usualLoad = usualLoad
        self.make = make
    }

    /// Finds a workload by its name.
    ///
    /// - Parameter name: The name.
    /// - Returns: The workload, or nil if there is none.
    public static func named(_ name: String) -> NamedWorkload? {
        all.first { $0.name == name }
    }
}
