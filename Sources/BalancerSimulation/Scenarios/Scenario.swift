// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import Balancer

/// A service of the user's own, written down in a text that people can read, to try policies on.
///
/// One setting a line; `#` begins a comment; times have a unit, shares a percent sign if one likes:
///
/// ```
/// name: checkout
/// replicas: 6 cores=2
/// replicas: 2 cores=2 speed=0.5
/// arrivals: poisson load=0.8
/// work: bimodal short=5ms long=500ms share=5%
/// fault: freeze replica=3 at=30s until=40s noticed=5s
/// policies: round-robin, least-requests
/// ```
///
/// <doc:SimulateYourOwnService> lists all settings.
public struct Scenario: Sendable {
    /// What is simulated.
    public var workload: Workload
    /// The policies that the text asks for; ``NamedPolicy/usual`` if it names none.
    public var policies: [NamedPolicy]
    /// The seeds that the text asks for; 1, 2 and 3 if it names none.
    public var seeds: [UInt64]
    /// What holds around the policies.
    public var configuration: BalancerConfiguration

    /// Reads a scenario.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - readFile: Gives the text of a file that the scenario names, such as recorded latencies; names are as they stand
    ///     in the scenario.
    /// - Throws: `BalancerError` that names line, setting, value and reason, or what `readFile` throws.
    public init(parsing text: String, readFile: (_ name: String) throws -> String) throws {
        var reader = ScenarioReader()
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard let line = try ScenarioLine(String(line), number: index + 1) else { continue }
            try reader.read(line, readFile)
        }
        self = try reader.scenario()
    }

    init(
        workload: Workload,
        policies: [NamedPolicy],
        seeds: [UInt64],
        configuration: BalancerConfiguration
    ) {
        self.workload = workload
        self.policies = policies
        self.seeds = seeds
        self.configuration = configuration
    }

    /// The scenario's policies on its workload.
    public var comparison: Comparison {
        var comparison = Comparison(workload: workload, policies: policies, seeds: seeds)
        comparison.configuration = configuration
        return comparison
    }
}
