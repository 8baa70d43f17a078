// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import CHarness
import CReference

/// The loops of the library and of C for one policy over some endpoints.
struct Match {
    let contestant: Contestant
    let endpoints: Int
    let balancer: LoadBalancer<Int>
    private let shared: OpaquePointer?

    init(_ contestant: Contestant, endpoints: Int) throws {
        self.contestant = contestant
        self.endpoints = endpoints
        balancer = try contestant.makeBalancer(endpoints)
        shared = contestant.reference.map { cref_shared_create($0, endpoints, contestant.isWeighted) }
    }

    func free() {
        if let shared { cref_shared_destroy(shared) }
    }

    func library(_ work: Work, threads: Int) -> [any Loop] {
        (0..<threads).map { _ in
            LibraryLoop(picker: balancer.makePicker(), work: work, isKeyed: contestant.isKeyed)
        }
    }

    /// Runs C's loops, if there are any.
    func withReference<Result>(_ work: Work, threads: Int, _ body: ([any Loop]) -> Result) -> Result? {
        guard let shared else { return nil }
        let pickers = (0..<threads).compactMap { cref_picker_create(shared, UInt64($0 + 1)) }
        defer { for picker in pickers { cref_picker_destroy(picker) } }
        return body(pickers.map { ReferenceLoop(picker: $0, work: work) })
    }
}

/// Prints times for every policy and number of endpoints.
func printTimes(sizes: [Int], work: Work, threads: Int, batches: Int) throws -> UInt64 {
    print("\n### \(threads == 1 ? "1 thread" : "\(threads) threads at once"), \(work.rawValue): ns a pick\n")
    print(Format.header(["policy", "endpoints", "median", "p99", "C median", "C p99", "against C", "aim"]))
    var allocations: UInt64 = 0
    for contestant in Contestant.all {
        for size in sizes {
            let match = try Match(contestant, endpoints: size)
            defer { match.free() }
            let picks = contestant.picksInBatch(size)
            let rounds = contestant.isScan && size > 10_000 ? max(20, batches / 5) : batches
            let ours = Timing.measure(match.library(work, threads: threads), picks: picks, batches: rounds)
            let theirs = match.withReference(work, threads: threads) {
                Timing.measure($0, picks: picks, batches: rounds)
            }
            allocations += ours.allocations
            let ratio = theirs.map { ours.median / $0.median }
            print(
                Format.row([
                    contestant.name, Format.grouped(size), Format.number(ours.median), Format.number(ours.p99),
                    theirs.map { Format.number($0.median) } ?? "", theirs.map { Format.number($0.p99) } ?? "",
                    ratio.map { Format.number($0, digits: 2) + " ×" } ?? "",
                    contestant.aim.map { "≤ \(Format.number($0)) ×" } ?? "",
                ])
            )
        }
    }
    return allocations
}

/// Under callgrind: counts the instructions of every policy's picks, a labelled dump for each.
func countInstructions(sizes: [Int], work: Work) throws {
    for contestant in Contestant.all {
        for size in sizes {
            let match = try Match(contestant, endpoints: size)
            defer { match.free() }
            let picks = contestant.isScan ? max(4, min(1_000, 200_000 / size)) : 2_000
            let label = "\(contestant.name)/\(size)/\(picks)"
            let ours = match.library(work, threads: 1)
            ours[0].run(8)
            harness_count_begin()
            ours[0].run(picks)
            harness_count_end("library/\(label)")
            _ = match.withReference(work, threads: 1) { loops in
                loops[0].run(8)
                harness_count_begin()
                loops[0].run(picks)
                harness_count_end("C/\(label)")
            }
        }
    }
}
