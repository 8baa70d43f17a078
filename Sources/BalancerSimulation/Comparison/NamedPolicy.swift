// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import Balancer

/// A policy under the name that tables and command lines give it.
public struct NamedPolicy: Sendable {
    /// The name, such as `least-requests`.
    public let name: String
    /// What the policy does, in a few words.
    public let summary: String
    /// The policy.
    public let policy: any Policy

    /// Gives a policy a name.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - summary: What the policy does, in a few words.
    ///   - policy: The policy.
    public init(_ name: String, _ summary: String = "", _ policy: any Policy) {
        self.name = name
        self.summary = summary
        self.policy = policy
    }

    /// Those that a comparison shows if nobody chooses.
    public static let usual: [NamedPolicy] = [
        NamedPolicy("round-robin", "each in turn", RoundRobin()),
        NamedPolicy("random", "any", UniformRandom()),
        NamedPolicy("two-choices", "the less loaded of two random ones, by requests in flight", LeastRequests()),
        NamedPolicy("least-requests", "the fewest requests in flight of all", LeastRequests(choices: .all)),
        NamedPolicy("peak-ewma", "the least of latency times requests, of two (Finagle)", PeakEWMA()),
        NamedPolicy("lowest-reported", "the least CPU in its last report: for comparison only", LowestReported()),
        NamedPolicy("least-utilised", "the least reported CPU, corrected by own requests since", LeastUtilised()),
        NamedPolicy("utilisation-weighted", "in turns weighted by requests per CPU (gRPC)", UtilisationWeighted()),
        NamedPolicy("prequal", "by probes of requests in flight and latency", Prequal()),
    ]

    /// All that have a name.
    public static let all: [NamedPolicy] =
        usual + [
            NamedPolicy("smooth-weighted", "in turns by weight (nginx)", SmoothWeighted()),
            NamedPolicy("earliest-deadline", "in turns by weight (Envoy)", EarliestDeadline()),
            NamedPolicy("static-stride", "in turns by weight (gRPC)", StaticStride()),
            NamedPolicy("weighted-random", "any, by weight", WeightedRandom()),
            NamedPolicy("maglev", "by key, in a table (Google, Envoy)", Maglev()),
            NamedPolicy("ring-hash", "by key, on a ring (Envoy)", RingHash()),
            NamedPolicy("ketama", "by key, on a ring (nginx)", Ketama()),
        ]

    /// What can stand around another policy, as `name(policy)`.
    public static let wrappers: [(name: String, summary: String)] = [
        ("newest-first", "fills a newcomer up to the mean of requests in flight before the policy is asked"),
        ("newest-first-ramp", "the same, for newcomers that start cold: the mark rises over ten seconds"),
        ("bounded", "none has more than 1.25 times the mean of requests in flight"),
    ]

    /// Finds a policy by its name, such as `prequal` or `newest-first(least-requests)`.
    ///
    /// - Parameter text: The name.
    /// - Returns: The policy, with the text as its name.
    /// - Throws: `BalancerError` if there is no such policy, with those that there are.
    public static func named(_ text: String) throws(BalancerError) -> NamedPolicy {
        if let policy = all.first(where: { $0.name == text }) { return policy }
        guard text.hasSuffix(")"), let open = text.firstIndex(of: "(") else { throw unknown(text) }
        let inner = try named(String(text[text.index(after: open)...].dropLast()))
        let policy: any Policy
        switch text[..<open] {
        case "newest-first": policy = NewestFirst(inner.policy)
        case "newest-first-ramp": policy = NewestFirst(inner.policy, ramp: .seconds(10))
        case "bounded": policy = try BoundedLoad(inner.policy)
        default: throw unknown(text)
        }
        return NamedPolicy(text, inner.summary, policy)
    }

    /// Finds policies by a list of names with commas between them.
    ///
    /// - Parameter text: The list.
    /// - Returns: The policies, in order.
    /// - Throws: `BalancerError` if there is no policy of a name, or none at all.
    public static func list(_ text: String) throws(BalancerError) -> [NamedPolicy] {
        var found: [NamedPolicy] = []
        for word in text.split(separator: ",") {
            let name = word.filter { !$0.isWhitespace }
            if !name.isEmpty { found.append(try named(name)) }
        }
        guard !found.isEmpty else { throw unknown(text) }
        return found
    }

    private static func unknown(_ text: String) -> BalancerError {
        let names = all.map(\.name) + wrappers.map { "\($0.name)(…)" }
        return BalancerError(
            code: .invalidConfiguration,
            message: "there is no policy '\(text)'; there are \(names.joined(separator: ", "))"
        )
    }
}
