// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The endpoint with the fewest requests in flight, among all or among some drawn at random.
///
/// The score of an endpoint is (n + 1)^bias · a / w, with n requests in flight, weight w, and a = 1 / (1 − f) attempts
/// per success where a moving share f of its requests failed. The last factor keeps an endpoint that fails at once, and
/// so never has anything in flight, from drawing all requests.
///
/// Source: Mitzenmacher, IEEE TPDS 2001; the bias as in Envoy's `active_request_bias`.
public struct LeastRequests: Policy {
    /// How many endpoints are compared for each pick.
    public var choices: ChoiceCount
    /// How much requests in flight count against weight: 0 not at all, 1 in proportion, more for more.
    public var bias: Double
    /// Whether endpoints that fail are passed over in proportion.
    public var avoidsFailures: Bool

    /// Creates the policy.
    ///
    /// - Parameters:
    ///   - choices: How many endpoints are compared for each pick.
    ///   - bias: How much requests in flight count against weight; negative or not finite counts as 1.
    ///   - avoidsFailures: Whether endpoints that fail are passed over in proportion.
    public init(choices: ChoiceCount = .two, bias: Double = 1, avoidsFailures: Bool = true) {
        self.choices = choices
        self.bias = bias >= 0 && bias.isFinite ? bias : 1
        self.avoidsFailures = avoidsFailures
    }

    /// Ten seconds if failures count, else nothing is measured.
    public var latencyDecay: Duration? { avoidsFailures ? Self.failureDecay : nil }

    /// How fast failures are forgotten.
    static let failureDecay = Duration.seconds(10)

    /// Prepares for a new set of endpoints.
    public func plan(for snapshot: Snapshot, replacing previous: (any PolicyPlan)?) -> any PolicyPlan {
        LeastRequestsPlan(policy: self, candidates: snapshot.candidates)
    }
}

extension Policy where Self == LeastRequests {
    /// The better of two random endpoints by requests in flight.
    public static var leastRequests: LeastRequests { LeastRequests() }

    /// The best of some endpoints by requests in flight.
    ///
    /// - Parameter choices: How many endpoints are compared for each pick.
    /// - Returns: The policy.
    public static func leastRequests(_ choices: ChoiceCount) -> LeastRequests { LeastRequests(choices: choices) }
}
