// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

/// Every policy, and every wrapper around one, for tests of what holds for all.
struct EveryPolicy: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let policy: any Policy

    init(_ name: String, _ policy: any Policy) {
        testDescription = name
        self.policy = policy
    }

    static let all: [EveryPolicy] =
        plain + [
            EveryPolicy("session affinity", SessionAffinity(.leastRequests)),
            EveryPolicy("priorities", Prioritized(.roundRobin)),
            EveryPolicy("zones", ZoneAware(.leastRequests, local: Locality(zone: "a"))),
            EveryPolicy("subsets", Subset(.roundRobin, keys: ["version"])),
            EveryPolicy("newest first", NewestFirst(.leastRequests)),
        ] + fallible

    /// Those that are not wrapped around another.
    static let plain: [EveryPolicy] = [
        EveryPolicy("round robin", .roundRobin), EveryPolicy("smooth weighted", .smoothWeighted),
        EveryPolicy("earliest deadline", .earliestDeadline), EveryPolicy("static stride", .staticStride),
        EveryPolicy("random", .random), EveryPolicy("weighted random", .weightedRandom),
        EveryPolicy("least requests (2)", .leastRequests),
        EveryPolicy("least requests (3)", .leastRequests(.random(3))),
        EveryPolicy("least requests (all)", .leastRequests(.all)),
        EveryPolicy("least requests, biased", LeastRequests(bias: 2)), EveryPolicy("peak EWMA", .peakEWMA),
        EveryPolicy("least utilised", .leastUtilised), EveryPolicy("lowest reported", .lowestReported),
        EveryPolicy("utilisation-weighted", .utilisationWeighted), EveryPolicy("Prequal", .prequal),
        EveryPolicy("ring hash", .ringHash), EveryPolicy("Maglev", .maglev), EveryPolicy("ketama", .ketama),
    ]

    private static var fallible: [EveryPolicy] {
        do {
            return [
                EveryPolicy("bounded load", try BoundedLoad(.maglev)),
                EveryPolicy("aperture", try DeterministicAperture(index: 1, count: 3)),
            ]
        } catch {
            fatalError("\(error)")
        }
    }
}
