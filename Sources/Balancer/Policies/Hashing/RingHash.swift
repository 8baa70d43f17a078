// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Equal keys to equal endpoints by a ring of points, of which each endpoint has a number that follows its weight.
///
/// The ring is bit for bit Envoy's: points xxHash64(name + "_" + i), scaled so that the lightest endpoint has a whole
/// number of them and all together at least `minimumSize`. A key goes to the first point at or after it; a request
/// without a key goes anywhere.
///
/// What is hashed is the endpoint's label `hash_key` or, without one, its name: name endpoints `10.0.0.1:80` to agree
/// with Envoy.
///
/// Source: Karger et al., STOC 1997; Envoy `RingHashLoadBalancer`.
public struct RingHash: Policy {
    /// The least number of points on the ring; Envoy's default is 1,024.
    public let minimumSize: Int
    /// The largest number of points on the ring; Envoy's default is 8,388,608.
    public let maximumSize: Int

    /// Creates the policy with Envoy's defaults.
    public init() {
        minimumSize = 1_024
        maximumSize = 8_388_608
    }

    /// Creates the policy.
    ///
    /// - Parameters:
    ///   - minimumSize: The least number of points on the ring.
    ///   - maximumSize: The largest number of points on the ring, 8,388,608 at most.
    /// - Throws: ``BalancerError`` unless 0 < minimum ≤ maximum ≤ 8,388,608.
    public init(minimumSize: Int, maximumSize: Int = 8_388_608) throws(BalancerError) {
        guard 0 < minimumSize, minimumSize <= maximumSize, maximumSize <= 8_388_608 else {
            throw BalancerError(
                code: .invalidConfiguration,
                message:
                    "a ring needs sizes with 0 < minimum ≤ maximum ≤ 8388608, not \(minimumSize) and \(maximumSize)"
            )
        }
        self.minimumSize = minimumSize
        self.maximumSize = maximumSize
    }

    /// Prepares for a new set of endpoints.
    public func plan(for snapshot: Snapshot, replacing previous: (any PolicyPlan)?) -> any PolicyPlan {
        RingPlan(points: points(of: snapshot.hashedHosts()))
    }

    private func points(of hosts: [HashedHost]) -> [RingPoint] {
        guard let lightest = hosts.map(\.share).min() else { return [] }
        let scale = min((lightest * Double(minimumSize)).rounded(.up) / lightest, Double(maximumSize))
        var points: [RingPoint] = []
        points.reserveCapacity(Int(scale.rounded(.up)))
        var current = 0.0
        var target = 0.0
        for host in hosts {
            target += scale * host.share
            var number = 0
            while current < target {
                points.append(RingPoint(hash: XXHash64.hash("\(host.key)_\(number)"), slot: host.slot))
                number += 1
                current += 1
            }
        }
        return points.sorted { $0.hash < $1.hash }
    }
}

extension Policy where Self == RingHash {
    /// Equal keys to equal endpoints by a ring of points.
    public static var ringHash: RingHash { RingHash() }
}
