// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import BalancerProxy

@Suite("Timers")
struct TimerHeapTests {
    @Test("deadlines pass in order, whatever was set, moved and taken away before")
    func order() {
        var heap = TimerHeap()
        var expected: [Int: UInt64] = [:]
        var number: UInt64 = 88_172_645_463_325_252
        for _ in 0..<20_000 {
            number ^= number << 13
            number ^= number >> 7
            number ^= number << 17
            let slot = Int(number % 500)
            let deadline = number.isMultiple(of: 3) ? nil : number >> 20 % 10_000
            heap.set(deadline, for: slot)
            expected[slot] = deadline
        }
        #expect(heap.earliest == expected.values.min())
        var passed: [Int: UInt64] = [:]
        for now in 0..<UInt64(1) << 44 {
            guard let earliest = heap.earliest else { break }
            #expect(heap.popDue(at: earliest &- 1) == nil || earliest == 0)
            while let slot = heap.popDue(at: earliest) { passed[slot] = earliest }
            #expect(now <= 500)
        }
        #expect(passed == expected)
        #expect(heap.earliest == nil)
    }

    @Test("a late event finds no one in a slot that was given to another")
    func generations() {
        final class Source: EventSource {
            func ready(_ events: ReadyEvents, channel: UInt8) {}
        }
        var table = SourceTable()
        let first = table.reserve()
        table[first] = Source()
        let token = first.token(channel: 1)
        #expect(table.find(token: token) != nil)
        table.remove(first)
        #expect(table.find(token: token) == nil)
        let second = table.reserve()
        table[second] = Source()
        #expect(second.slot == first.slot)
        #expect(table.find(token: token) == nil)
        #expect(table[first] == nil)
        #expect(table.find(token: second.token(channel: 0)) != nil)
    }
}
