// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// A source of time that always reads zero: tests state every instant.
let frozen = TimeSource { .zero }

/// An instant some milliseconds after the origin.
func at(_ milliseconds: Double) -> Timestamp { Timestamp(nanoseconds: Int64(milliseconds * 1e6)) }

/// A balancer over endpoints a, b, c … with the given weights.
func makeBalancer(
    _ policy: any Policy,
    weights: [UInt32],
    _ configuration: BalancerConfiguration = BalancerConfiguration()
) throws -> LoadBalancer<String> {
    let endpoints = weights.enumerated().map { index, weight in
        Endpoint(id: name(index), address: name(index), weight: weight)
    }
    return try LoadBalancer(policy: policy, endpoints: endpoints, configuration: configuration, time: frozen)
}

/// A, b, c … and after z e26, e27 ….
func name(_ index: Int) -> String {
    index < 26 ? String(UnicodeScalar(UInt8(97 + index))) : "e\(index)"
}

extension Picker<String> {
    /// The addresses of picks that complete at once.
    func sequence(_ count: Int, at now: Timestamp = .zero) -> [String] {
        (0..<count).compactMap { _ in
            guard let pick = pick(PickContext(now: now)) else { return nil }
            balancer.complete(pick, .cancelled, at: now)
            return pick.address
        }
    }

    /// How often each address is picked, with picks that complete at once.
    func counts(_ count: Int, at now: Timestamp = .zero) -> [String: Int] {
        sequence(count, at: now).reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }

    /// The address that a key leads to.
    func address(key: UInt64, attempt: UInt32 = 0) -> String? {
        guard let pick = pick(PickContext(now: .zero, key: key, attempt: attempt)) else { return nil }
        balancer.complete(pick, .cancelled, at: .zero)
        return pick.address
    }
}

/// Pearson's chi-squared statistic of counts against expected shares.
func chiSquared(_ counts: [Int], expected: [Double]) -> Double {
    zip(counts, expected).reduce(0) { $0 + ($1.1 - Double($1.0)) * ($1.1 - Double($1.0)) / $1.1 }
}
