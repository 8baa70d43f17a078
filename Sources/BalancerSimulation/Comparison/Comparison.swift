// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import Balancer

/// Policies beside each other on one workload, each with the same seeds and so the same requests.
///
/// ```swift
/// let rows = try await Comparison(workload: .bimodal(load: 0.9), policies: NamedPolicy.usual).run()
/// print(ResultTable(rows))
/// ```
public struct Comparison: Sendable {
    /// A policy's results.
    public struct Row: Sendable {
        /// The policy's name.
        public let name: String
        /// One result for each seed, in order.
        public let results: [SimulationResult]

        /// Creates a row.
        ///
        /// - Parameters:
        ///   - name: The policy's name.
        ///   - results: One result for each seed, one at least.
        public init(name: String, results: [SimulationResult]) {
            self.name = name
            self.results = results
        }

        /// The result in the middle by its 99th percentile of latency.
        public var median: SimulationResult {
            let ordered = results.sorted {
                ($0.latency.p99, $0.latency.mean) < ($1.latency.p99, $1.latency.mean)
            }
            return ordered[ordered.count / 2]
        }

        /// The least and the largest 99th percentile over the seeds, in milliseconds.
        public var p99Range: ClosedRange<Double> {
            let values = results.map(\.latency.p99)
            return (values.min() ?? 0)...(values.max() ?? 0)
        }
    }

    /// A run that has ended.
    public struct Progress: Sendable {
        /// How many have ended.
        public let finished: Int
        /// How many there are.
        public let total: Int
        /// The policy of the one that ended.
        public let policy: String
    }

    /// What is simulated.
    public var workload: Workload
    /// The policies.
    public var policies: [NamedPolicy]
    /// Where the random choices of each run start.
    public var seeds: [UInt64]
    /// What holds around the policies.
    public var configuration = BalancerConfiguration()

    /// Creates a comparison.
    ///
    /// - Parameters:
    ///   - workload: What is simulated.
    ///   - policies: The policies.
    ///   - seeds: Where the random choices of each run start.
    public init(workload: Workload, policies: [NamedPolicy], seeds: [UInt64] = [1, 2, 3]) {
        self.workload = workload
        self.policies = policies
        self.seeds = seeds
    }

    /// Runs all policies with all seeds, as many at once as there are cores.
    ///
    /// - Parameter onProgress: Is told of each run that ended.
    /// - Returns: The results, in the order of the policies.
    /// - Throws: `BalancerError` if the workload makes no sense, `CancellationError` if the task was cancelled.
    public func run(onProgress: @escaping @Sendable (Progress) -> Void = { _ in }) async throws -> [Row] {
        try workload.validate()
        guard !policies.isEmpty, !seeds.isEmpty else {
            throw BalancerError(code: .invalidConfiguration, message: "a comparison needs a policy and a seed")
        }
        let runs = policies.indices.flatMap { policy in seeds.map { (policy: policy, seed: $0) } }
        var results = [SimulationResult?](repeating: nil, count: runs.count)
        try await withThrowingTaskGroup(of: (Int, SimulationResult).self) { group in
            for (index, run) in runs.enumerated() {
                group.addTask {
                    try Task.checkCancellation()
                    return (index, try result(of: run.policy, seed: run.seed))
                }
            }
            var finished = 0
            for try await (index, result) in group {
                results[index] = result
                finished += 1
                let name = policies[runs[index].policy].name
                onProgress(Progress(finished: finished, total: runs.count, policy: name))
            }
        }
        let all = results.compactMap { $0 }
        return policies.indices.map { policy in
            let first = policy * seeds.count
            return Row(name: policies[policy].name, results: Array(all[first..<first + seeds.count]))
        }
    }

    private func result(of policy: Int, seed: UInt64) throws(BalancerError) -> SimulationResult {
        var workload = workload
        workload.usesKeys = true
        let policy = policies[policy].policy
        return try Simulation(workload: workload, policy: policy, configuration: configuration, seed: seed).run()
    }
}
