// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import Balancer

/// Runs a policy on a workload, event by event: the very policies that run in production, on a clock of its own.
///
/// ```swift
/// let result = try Simulation(workload: .bimodal(load: 0.9), policy: .leastRequests, seed: 1).run()
/// print(result.latency.p99)
/// ```
///
/// Equal workloads, policies and seeds give equal results. Arrivals, work and neighbours depend on the seed alone, so
/// that policies are compared on the same requests.
public struct Simulation {
    /// What is simulated.
    public let workload: Workload
    /// Where all random choices start.
    public let seed: UInt64
    private let policy: (_ client: Int) -> any Policy
    private let configuration: BalancerConfiguration

    /// Creates a simulation in which all clients have one policy.
    ///
    /// - Parameters:
    ///   - workload: What is simulated.
    ///   - policy: The policy.
    ///   - configuration: What holds around the policy.
    ///   - seed: Where all random choices start.
    public init(
        workload: Workload,
        policy: any Policy,
        configuration: BalancerConfiguration = BalancerConfiguration(),
        seed: UInt64
    ) {
        self.init(workload: workload, configuration: configuration, seed: seed) { _ in policy }
    }

    /// Creates a simulation in which each client has a policy of its own.
    ///
    /// - Parameters:
    ///   - workload: What is simulated.
    ///   - configuration: What holds around the policies.
    ///   - seed: Where all random choices start.
    ///   - policy: The policy of the client with a number from 0.
    public init(
        workload: Workload,
        configuration: BalancerConfiguration = BalancerConfiguration(),
        seed: UInt64,
        policy: @escaping (_ client: Int) -> any Policy
    ) {
        self.workload = workload
        self.configuration = configuration
        self.seed = seed
        self.policy = policy
    }

    /// Runs to the end.
    ///
    /// - Returns: What was measured after the warm-up.
    /// - Throws: `BalancerError` if the workload makes no sense.
    public func run() throws(BalancerError) -> SimulationResult {
        try workload.validate()
        var run = try SimulationRun(workload: workload, configuration: configuration, seed: seed, policy: policy)
        return run.run()
    }
}
