// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import CHarness

#if canImport(Glibc)
import Glibc
#endif

/// Prints how long changes of a large set take.
func printUpdates(endpoints count: Int, rounds: Int) throws {
    print("\n### \(Format.grouped(count)) endpoints changed: ms, median of \(rounds)\n")
    let names = [
        "whole set, same order", "whole set, shuffled", "one weight", "one removed", "one added", "first pick after",
    ]
    print(Format.header(["policy"] + names))
    for contestant in Contestant.all {
        let set = Contestant.endpoints(count, isWeighted: contestant.isWeighted)
        let balancer = try contestant.makeBalancer(count)
        let picker = balancer.makePicker()
        var generator = SeededGenerator(seed: 7)
        var times = [[Double]](repeating: [], count: names.count)
        for round in 0..<rounds {
            func time(_ index: Int, _ body: () throws -> Void) rethrows {
                let start = harness_now()
                try body()
                times[index].append(Double(harness_now() - start) / 1e6)
            }
            let shuffled = set.shuffled(using: &generator)
            try time(1) { try balancer.update(shuffled) }
            try balancer.update(set)
            _ = picker.choose(PickContext(now: .zero, key: 1))
            try time(0) { try balancer.update(set) }
            let victim = set[(round * 7_919 + 13) % count]
            try time(2) { try balancer.apply([.setWeight(id: victim.id, 3)]) }
            try time(3) { try balancer.apply([.remove(id: victim.id)]) }
            try time(4) { try balancer.apply([.add(victim)]) }
            time(5) { _ = picker.choose(PickContext(now: .zero, key: 1)) }
        }
        print(Format.row([contestant.name] + times.map { Format.number($0.sorted()[rounds / 2], digits: 2) }))
        fflush(nil)
    }
}
