// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

// What a pick costs, for every policy, beside the same algorithms in C.
//
//     picks times [BATCHES]          nanoseconds, from 1 and 2 threads; fails if a pick took memory
//     picks updates                  how long changes of 100,000 endpoints take
//     picks count choice|placement   for callgrind: a dump of counted instructions for each loop
//
// Benchmarks/Balancer/run does all of it.

#if canImport(Glibc)
import Glibc
#endif

let sizes = [4, 16, 100, 1_000, 100_000]
let arguments = CommandLine.arguments.dropFirst()

switch arguments.first {
case "times":
    let batches = arguments.dropFirst().first.flatMap { Int($0) } ?? 200
    var allocations: UInt64 = 0
    for threads in [1, 2] {
        for work in Work.allCases {
            allocations += try printTimes(sizes: sizes, work: work, threads: threads, batches: batches)
        }
    }
    print("\nMemory was asked for \(allocations) times during all picks of 1 thread.")
    if allocations > 0 { exit(1) }
case "updates":
    try printUpdates(endpoints: 100_000, rounds: 7)
case "count":
    try countInstructions(sizes: sizes, work: arguments.dropFirst().first == "choice" ? .choice : .placement)
default:
    print("usage: picks times [BATCHES] | updates | count choice|placement")
    exit(2)
}
