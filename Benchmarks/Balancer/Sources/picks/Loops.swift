// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import CReference

/// What is measured: the choice alone, or a whole placement.
enum Work: String, CaseIterable {
    /// What the policy answers, for callers that keep their own counts.
    case choice = "the choice alone"
    /// Chosen, counted in, and counted out again.
    case placement = "picked and completed"
}

/// A loop of picks that one thread runs.
protocol Loop {
    /// Makes so many picks.
    func run(_ count: Int)
}

/// The library's.
struct LibraryLoop: Loop {
    let picker: Picker<Int>
    let work: Work
    let isKeyed: Bool

    func run(_ count: Int) {
        let sum =
            switch (work, isKeyed) {
            case (.choice, false): choose(count)
            case (.choice, true): chooseByKey(count)
            case (.placement, false): place(count)
            case (.placement, true): placeByKey(count)
            }
        if sum == .min { print() }
    }

    @inline(never)
    private func choose(_ count: Int) -> Int {
        var sum = 0
        for _ in 0..<count { sum &+= picker.choose(PickContext(now: .zero)).slot ?? 0 }
        return sum
    }

    @inline(never)
    private func chooseByKey(_ count: Int) -> Int {
        var sum = 0
        var keys = SeededGenerator(seed: 1)
        for _ in 0..<count { sum &+= picker.choose(PickContext(now: .zero, key: keys.next())).slot ?? 0 }
        return sum
    }

    @inline(never)
    private func place(_ count: Int) -> Int {
        let balancer = picker.balancer
        var sum = 0
        for _ in 0..<count {
            guard let pick = picker.pick(PickContext(now: .zero)) else { continue }
            sum &+= pick.address
            balancer.complete(pick, .success, at: .zero)
        }
        return sum
    }

    @inline(never)
    private func placeByKey(_ count: Int) -> Int {
        let balancer = picker.balancer
        var sum = 0
        var keys = SeededGenerator(seed: 1)
        for _ in 0..<count {
            guard let pick = picker.pick(PickContext(now: .zero, key: keys.next())) else { continue }
            sum &+= pick.address
            balancer.complete(pick, .success, at: .zero)
        }
        return sum
    }
}

/// The same in C.
struct ReferenceLoop: Loop {
    let picker: OpaquePointer
    let work: Work

    func run(_ count: Int) {
        let sum = work == .choice ? cref_choose(picker, count) : cref_place(picker, count)
        if sum == .max { print() }
    }
}
