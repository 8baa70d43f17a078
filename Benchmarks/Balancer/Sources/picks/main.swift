// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import CReference

// Nanoseconds for each pick and its completion bookkeeping, by policy and number of endpoints, beside C loops.
//
//     swift run -c release picks            the table
//     swift run -c release picks POLICY N   a million picks of one policy, for callgrind

let sizes = [4, 16, 100, 1_000, 100_000]
let scans: Set = ["smooth weighted", "least requests (all)", "least utilised (all)"]
let policies: [(name: String, policy: any Policy)] = [
    ("round robin", RoundRobin()), ("random", UniformRandom()), ("weighted random", WeightedRandom()),
    ("smooth weighted", SmoothWeighted()), ("earliest deadline", EarliestDeadline()),
    ("static stride", StaticStride()), ("least requests (2)", LeastRequests(avoidsFailures: false)),
    ("least requests (2), failures count", LeastRequests()), ("least requests (all)", LeastRequests(choices: .all)),
    ("peak EWMA (2)", PeakEWMA()), ("least utilised (2)", LeastUtilised(choices: .two)),
    ("least utilised (all)", LeastUtilised()), ("utilisation-weighted", UtilisationWeighted()),
    ("Prequal", Prequal()), ("ring hash", RingHash()), ("Maglev", Maglev()), ("ketama", Ketama()),
]

func endpoints(_ count: Int) -> [Endpoint<Int>] {
    (0..<count).map {
        Endpoint(id: "10.0.\($0 >> 8).\($0 & 255):80", address: $0, weight: UInt32(1 + $0 % 5))
    }
}

func seconds(_ body: () throws -> Void) rethrows -> Double {
    let duration = try ContinuousClock().measure(body)
    return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}

/// Picks by the policy alone, as a caller that keeps its own counters would.
func nanoseconds(_ balancer: LoadBalancer<Int>, picks: Int) -> Double {
    let picker = balancer.makePicker()
    var generator = SeededGenerator(seed: 1)
    var sum = 0
    let time = seconds {
        for _ in 0..<picks {
            let choice = picker.choose(PickContext(now: .zero, key: generator.next()))
            sum &+= choice.slot ?? 0
        }
    }
    precondition(sum != .min)
    return time / Double(picks) * 1e9
}

/// A whole placement: pick, count in, count out.
func placement(_ balancer: LoadBalancer<Int>, picks: Int) -> Double {
    let picker = balancer.makePicker()
    let time = seconds {
        for _ in 0..<picks {
            guard let pick = picker.pick(PickContext(now: .zero, key: 7)) else { continue }
            balancer.complete(pick, .cancelled, at: .zero)
        }
    }
    return time / Double(picks) * 1e9
}

func budget(_ name: String, _ size: Int) -> Int {
    scans.contains(name) ? max(200, 4_000_000 / size) : 1_000_000
}

func format(_ value: Double) -> String {
    let text = String(Int((value * 10).rounded()) / 10) + "." + String(Int((value * 10).rounded()) % 10)
    return String(repeating: " ", count: max(0, 10 - text.count)) + text
}

func pad(_ name: String) -> String { name + String(repeating: " ", count: max(0, 40 - name.count)) }

func references(_ size: Int) -> [(String, Double)] {
    let count = 2_000_000
    let slots = (0..<Int64(size)).map { $0 }
    let weights = (0..<size).map { UInt32(1 + $0 % 5) * 13_107 }
    var counters = [UInt8](repeating: 0, count: size * 256)
    let table = (0..<65_537).map { Int32($0 % size) }
    var sum: UInt64 = 0
    func time(_ body: () -> UInt64) -> Double { seconds { sum &+= body() } / Double(count) * 1e9 }
    return [
        ("C round robin", time { cref_round_robin(slots, size, count) }),
        ("C least requests (2)", time { cref_two_choices(slots, &counters, size, count) }),
        ("C static stride", time { cref_static_stride(weights, slots, size, count) }),
        ("C Maglev", time { cref_maglev(table, 65_537, count) }),
    ]
}

let arguments = CommandLine.arguments
if arguments.count == 3, let size = Int(arguments[2]), let entry = policies.first(where: { $0.name == arguments[1] }) {
    _ = nanoseconds(try LoadBalancer(policy: entry.policy, endpoints: endpoints(size)), picks: 1_000_000)
} else {
    print(pad("ns per pick, by endpoints") + sizes.map { format(Double($0)) }.joined())
    var rows: [String: [Double]] = [:]
    for size in sizes {
        for (name, time) in references(size) { rows[name, default: []].append(time) }
    }
    for name in ["C round robin", "C least requests (2)", "C static stride", "C Maglev"] {
        print(pad(name) + (rows[name] ?? []).map(format).joined())
    }
    for (name, policy) in policies {
        let times = try sizes.map { size in
            nanoseconds(try LoadBalancer(policy: policy, endpoints: endpoints(size)), picks: budget(name, size))
        }
        print(pad(name) + times.map(format).joined())
    }
    for (name, policy) in policies.prefix(1) {
        let times = try sizes.map { size in
            placement(try LoadBalancer(policy: policy, endpoints: endpoints(size)), picks: 1_000_000)
        }
        print(pad("\(name), placed and completed") + times.map(format).joined())
    }
    let balancer = try LoadBalancer(policy: .roundRobin, endpoints: endpoints(100_000))
    let changed = endpoints(100_000).reversed().map { $0 }
    let update = try seconds { try balancer.update(changed) }
    print(pad("100,000 endpoints updated, ms") + format(update * 1e3))
}
