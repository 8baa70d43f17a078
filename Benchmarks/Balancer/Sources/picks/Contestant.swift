// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import CReference

/// A policy, and the same algorithm in C where there is one.
struct Contestant {
    let name: String
    let policy: any Policy
    var reference: cref_policy?
    /// Whether endpoints have weights 1 to 5 rather than all 1.
    var isWeighted = false
    /// Whether each request has a key.
    var isKeyed = false
    /// Whether a pick looks at every endpoint, so that fewer picks are made over many.
    var isScan = false
    /// The most that the project wants it to take, in times of C.
    var aim: Double?

    static let all: [Contestant] = [
        Contestant(name: "round robin", policy: RoundRobin(), reference: CREF_ROUND_ROBIN, aim: 1.5),
        Contestant(
            name: "least requests (2)",
            policy: LeastRequests(avoidsFailures: false),
            reference: CREF_TWO_CHOICES,
            isWeighted: true,
            aim: 1.5
        ),
        Contestant(
            name: "static stride",
            policy: StaticStride(),
            reference: CREF_STATIC_STRIDE,
            isWeighted: true,
            aim: 1.5
        ),
        Contestant(name: "Maglev", policy: Maglev(), reference: CREF_MAGLEV, isKeyed: true, aim: 1.5),
        Contestant(name: "random", policy: UniformRandom(), reference: CREF_RANDOM),
        Contestant(
            name: "weighted random",
            policy: WeightedRandom(),
            reference: CREF_WEIGHTED_RANDOM,
            isWeighted: true
        ),
        Contestant(
            name: "smooth weighted",
            policy: SmoothWeighted(),
            reference: CREF_SMOOTH,
            isWeighted: true,
            isScan: true
        ),
        Contestant(
            name: "earliest deadline",
            policy: EarliestDeadline(),
            reference: CREF_EARLIEST_DEADLINE,
            isWeighted: true
        ),
        Contestant(
            name: "least requests (all)",
            policy: LeastRequests(choices: .all, avoidsFailures: false),
            reference: CREF_FULL_SCAN,
            isWeighted: true,
            isScan: true
        ),
        Contestant(name: "ring hash", policy: RingHash(), reference: CREF_RING, isKeyed: true),
        Contestant(name: "ketama", policy: Ketama(), isKeyed: true),
        Contestant(name: "least requests (2), heeding failures", policy: LeastRequests(), isWeighted: true),
        Contestant(name: "peak EWMA (2)", policy: PeakEWMA()),
        Contestant(name: "least utilised (2)", policy: LeastUtilised(choices: .two)),
        Contestant(name: "least utilised (all)", policy: LeastUtilised(), isScan: true),
        Contestant(name: "utilisation-weighted", policy: UtilisationWeighted()),
        Contestant(name: "Prequal", policy: Prequal()),
        Contestant(name: "bounded Maglev", policy: bounded, isKeyed: true),
    ]

    private static var bounded: any Policy {
        do { return try BoundedLoad(.maglev) } catch { fatalError("\(error)") }
    }

    func picksInBatch(_ endpoints: Int) -> Int {
        isScan ? max(4, min(2_000, 400_000 / endpoints)) : 4_000
    }

    static func endpoints(_ count: Int, isWeighted: Bool) -> [Endpoint<Int>] {
        (0..<count).map {
            Endpoint(
                id: "10.\($0 >> 16).\($0 >> 8 & 255).\($0 & 255):80",
                address: $0,
                weight: isWeighted ? UInt32(1 + $0 % 5) : 1
            )
        }
    }

    func makeBalancer(_ count: Int) throws -> LoadBalancer<Int> {
        try LoadBalancer(
            policy: policy,
            endpoints: Self.endpoints(count, isWeighted: isWeighted),
            time: TimeSource { .zero }
        )
    }
}
