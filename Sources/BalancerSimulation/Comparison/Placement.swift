// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import Balancer

/// Requests that stay, without time: what a policy promises about where they go.
public struct Placement: Sendable {
    /// The requests in flight on each endpoint, once all are placed.
    public let counts: [Int]

    /// The most that one endpoint has.
    public var most: Int { counts.max() ?? 0 }

    /// Places requests that never end.
    ///
    /// - Parameters:
    ///   - requests: How many.
    ///   - endpoints: On how many endpoints.
    ///   - policy: By which policy; each request has a random key.
    ///   - seed: Where random choices start.
    /// - Throws: `BalancerError` if an endpoint's number is out of range.
    public init(requests: Int, on endpoints: Int, by policy: any Policy, seed: UInt64) throws(BalancerError) {
        var generator = SeededGenerator(seed: seed)
        let balancer = try Self.balancer(of: Array(0..<endpoints), policy, seed: seed)
        let picker = balancer.makePicker()
        var counts = [Int](repeating: 0, count: endpoints)
        for _ in 0..<requests {
            let pick = picker.pick(PickContext(now: .zero, key: generator.next()))
            if let pick { counts[pick.address] += 1 }
        }
        self.counts = counts
    }

    /// The share of keys that go elsewhere when one endpoint leaves, its own included: 1 / `endpoints` is the ideal.
    ///
    /// - Parameters:
    ///   - leaving: The number of the endpoint that leaves.
    ///   - endpoints: How many there are before.
    ///   - keys: How many random keys are tried.
    ///   - policy: A policy by key.
    ///   - seed: Where random keys start.
    /// - Returns: The share.
    /// - Throws: `BalancerError` if the endpoints make no set.
    public static func moved(
        by leaving: Int,
        of endpoints: Int,
        keys: Int,
        policy: any Policy,
        seed: UInt64
    ) throws(BalancerError) -> Double {
        let before = try balancer(of: Array(0..<endpoints), policy, seed: seed)
        let after = try balancer(of: (0..<endpoints).filter { $0 != leaving }, policy, seed: seed)
        let (one, other) = (before.makePicker(), after.makePicker())
        var generator = SeededGenerator(seed: seed)
        var moved = 0
        for _ in 0..<keys {
            let context = PickContext(now: .zero, key: generator.next())
            guard let first = one.pick(context), let second = other.pick(context) else { continue }
            if first.address != second.address { moved += 1 }
            before.complete(first, .success, at: .zero)
            after.complete(second, .success, at: .zero)
        }
        return Double(moved) / Double(max(1, keys))
    }

    private static func balancer(
        of endpoints: [Int],
        _ policy: any Policy,
        seed: UInt64
    ) throws(BalancerError) -> LoadBalancer<Int> {
        var configuration = BalancerConfiguration()
        configuration.seed = seed
        return try LoadBalancer(
            policy: policy,
            endpoints: endpoints.map { Endpoint(id: "replica-\($0)", address: $0) },
            configuration: configuration,
            time: TimeSource { .zero }
        )
    }
}
