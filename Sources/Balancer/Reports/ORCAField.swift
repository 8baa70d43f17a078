// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The plain numbers of a report, by their names in the protocol.
enum ORCAField: String, CaseIterable {
    case cpu = "cpu_utilization"
    case memory = "mem_utilization"
    case application = "application_utilization"
    case requests = "rps_fractional"
    case errors = "eps"

    var path: WritableKeyPath<LoadReport, Double> {
        switch self {
        case .cpu: \.cpuUtilisation
        case .memory: \.memoryUtilisation
        case .application: \.applicationUtilisation
        case .requests: \.requestsPerSecond
        case .errors: \.errorsPerSecond
        }
    }

    /// The number in the protobuf message.
    var number: Int {
        switch self {
        case .cpu: 1
        case .memory: 2
        case .requests: 6
        case .errors: 7
        case .application: 9
        }
    }

    /// The name in JSON, as protobuf's mapping makes it.
    var jsonName: String {
        switch self {
        case .cpu: "cpuUtilization"
        case .memory: "memUtilization"
        case .application: "applicationUtilization"
        case .requests: "rpsFractional"
        case .errors: "eps"
        }
    }
}

/// The tables of a report, by their names in the protocol.
enum ORCATable: String, CaseIterable {
    case requestCost = "request_cost"
    case utilisation = "utilization"
    case namedMetrics = "named_metrics"

    var path: WritableKeyPath<LoadReport, [String: Double]> {
        switch self {
        case .requestCost: \.requestCost
        case .utilisation: \.utilisation
        case .namedMetrics: \.namedMetrics
        }
    }

    /// The number in the protobuf message.
    var number: Int {
        switch self {
        case .requestCost: 4
        case .utilisation: 5
        case .namedMetrics: 8
        }
    }

    /// The name in JSON, as protobuf's mapping makes it.
    var jsonName: String {
        switch self {
        case .requestCost: "requestCost"
        case .utilisation: "utilization"
        case .namedMetrics: "namedMetrics"
        }
    }
}
