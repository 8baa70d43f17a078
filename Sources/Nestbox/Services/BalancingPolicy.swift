// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Balancer

/// How a service's clients are spread over its containers.
///
/// All but round robin give a container that was started later its load first, until it is level with the rest.
public struct BalancingPolicy: RawRepresentable, Sendable, Hashable, Codable {
    /// The name, as the command line has it.
    public let rawValue: String

    /// Takes a name.
    ///
    /// It is `nil` for one that there is not.
    ///
    /// - Parameter rawValue: One of those in ``all``.
    public init?(rawValue: String) {
        guard Self.names.contains(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    private init(_ name: String) {
        rawValue = name
    }

    /// One after the other.
    public static let roundRobin = BalancingPolicy("round-robin")
    /// Any, with the same chance.
    public static let random = BalancingPolicy("random")
    /// The one with the fewest connections.
    public static let leastRequests = BalancingPolicy("least-requests")
    /// The one that answers soonest, by a moving average that peaks count in.
    public static let peakEWMA = BalancingPolicy("peak-ewma")
    /// The one whose processors are used least, as its control groups count it.
    public static let leastCPU = BalancingPolicy("least-cpu")

    /// All there are.
    public static let all = [roundRobin, random, leastRequests, peakEWMA, leastCPU]

    private static let names = ["round-robin", "random", "least-requests", "peak-ewma", "least-cpu"]

    /// Whether it goes by what the containers' control groups say.
    var needsLoad: Bool { self == .leastCPU }

    /// The balancer's policy.
    var policy: any Policy {
        switch self {
        case .random: NewestFirst(.random)
        case .leastRequests: NewestFirst(.leastRequests)
        case .peakEWMA: NewestFirst(.peakEWMA)
        case .leastCPU: NewestFirst(.leastUtilised)
        default: .roundRobin
        }
    }
}
