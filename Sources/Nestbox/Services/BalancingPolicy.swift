// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Balancer

/// How a service's clients are spread over its containers.
///
/// All but round robin and those that hash give a container that was started later its load first, until it is level with
/// the rest.
/// With ``leastCPU`` and less than one request at a time for each container, it becomes level, but not reliably first.
public struct BalancingPolicy: RawRepresentable, Sendable, Hashable, Codable {
    /// The name, as the command line has it.
    public let rawValue: String

    /// Takes a name.
    ///
    /// It is `nil` for one that there is not.
    ///
    /// - Parameter rawValue: One of those in ``all``.
    public init?(rawValue: String) {
        guard Self.all.contains(where: { $0.rawValue == rawValue }) else { return nil }
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

    /// Requests of one key, such as a path or a client's address, to one container, as a ring of hashes says.
    ///
    /// Only with HTTP.
    public static let ringHash = BalancingPolicy("ring-hash")
    /// As ``ringHash``, spread more evenly, by Maglev's table.
    ///
    /// Only with HTTP.
    public static let maglev = BalancingPolicy("maglev")

    /// All there are.
    public static let all = [roundRobin, random, leastRequests, peakEWMA, leastCPU, ringHash, maglev]

    /// Whether it goes by what the containers' control groups say.
    var needsLoad: Bool { self == .leastCPU }

    /// Whether it goes by what is in a request.
    var needsHTTP: Bool { self == .ringHash || self == .maglev }

    /// The balancer's policy.
    var policy: any Policy {
        switch self {
        case .random: NewestFirst(.random)
        case .leastRequests: NewestFirst(.leastRequests)
        case .peakEWMA: NewestFirst(.peakEWMA)
        case .leastCPU: NewestFirst(.leastUtilised)
        case .ringHash: .ringHash
        case .maglev: .maglev
        default: .roundRobin
        }
    }
}
