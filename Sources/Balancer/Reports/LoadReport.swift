// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What an endpoint says of its own load: the fields of ORCA's `OrcaLoadReport` (cncf/xds, xds.data.orca.v3).
public struct LoadReport: Hashable, Sendable {
    /// The share of the CPU in use; above 1 means beyond what the endpoint considers its limit.
    public var cpuUtilisation: Double
    /// The share of the memory in use, from 0 to 1.
    public var memoryUtilisation: Double
    /// The share of whatever the application is bound by; counts instead of the CPU where it is above 0.
    public var applicationUtilisation: Double
    /// Requests per second that the endpoint serves, from all its clients.
    public var requestsPerSecond: Double
    /// Errors per second that the endpoint answers, to all its clients.
    public var errorsPerSecond: Double
    /// What this request cost, by a name of the application's choice.
    public var requestCost: [String: Double]
    /// The shares of further resources by name, from 0 to 1.
    public var utilisation: [String: Double]
    /// Further numbers, by name.
    public var namedMetrics: [String: Double]

    /// Creates a report.
    ///
    /// - Parameters:
    ///   - cpuUtilisation: The share of the CPU in use.
    ///   - memoryUtilisation: The share of the memory in use.
    ///   - applicationUtilisation: The share of whatever the application is bound by.
    ///   - requestsPerSecond: Requests per second that the endpoint serves.
    ///   - errorsPerSecond: Errors per second that the endpoint answers.
    ///   - requestCost: What this request cost.
    ///   - utilisation: The shares of further resources.
    ///   - namedMetrics: Further numbers.
    public init(
        cpuUtilisation: Double = 0,
        memoryUtilisation: Double = 0,
        applicationUtilisation: Double = 0,
        requestsPerSecond: Double = 0,
        errorsPerSecond: Double = 0,
        requestCost: [String: Double] = [:],
        utilisation: [String: Double] = [:],
        namedMetrics: [String: Double] = [:]
    ) {
        self.cpuUtilisation = cpuUtilisation
        self.memoryUtilisation = memoryUtilisation
        self.applicationUtilisation = applicationUtilisation
        self.requestsPerSecond = requestsPerSecond
        self.errorsPerSecond = errorsPerSecond
        self.requestCost = requestCost
        self.utilisation = utilisation
        self.namedMetrics = namedMetrics
    }

    /// The utilisation by which balancing goes: the application's own if it reports one, else the CPU's (gRFC A58).
    public var effectiveUtilisation: Double {
        applicationUtilisation > 0 ? applicationUtilisation : cpuUtilisation
    }

    /// Whether every number is within the bounds that the protocol sets; balancers ignore a report that is not.
    public var isValid: Bool {
        let shares = utilisation.values.allSatisfy { $0 >= 0 && $0 <= 1 }
        let finite = requestCost.values.allSatisfy(\.isFinite) && namedMetrics.values.allSatisfy(\.isFinite)
        let rates = [cpuUtilisation, applicationUtilisation, requestsPerSecond, errorsPerSecond]
        return shares && finite && rates.allSatisfy { $0 >= 0 && $0.isFinite }
            && memoryUtilisation >= 0 && memoryUtilisation <= 1
    }
}
