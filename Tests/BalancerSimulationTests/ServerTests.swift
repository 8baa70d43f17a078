// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@testable import BalancerSimulation

@Suite("Processor sharing")
struct ServerTests {
    @Test("a request alone runs at full speed, more than cores share them")
    func shares() {
        var cpu = ProcessorSharing(cores: 2, speed: 1, startingAt: 0)
        cpu.add(0, generation: 0, work: 1)
        #expect(cpu.nextChange == 1_000_000_000)
        for request in 1..<4 { cpu.add(request, generation: 0, work: 1) }
        #expect(cpu.nextChange == 2_000_000_000)
        cpu.advance(to: 2_000_000_000)
        var done: [Int] = []
        while let finished = cpu.takeFinished() { done.append(finished.request) }
        #expect(done.sorted() == [0, 1, 2, 3])
        #expect(abs(cpu.used - 4) < 1e-9)
        #expect(cpu.active == 0)
    }

    @Test("half the speed takes twice the time, and cancelled work is not done")
    func speed() {
        var cpu = ProcessorSharing(cores: 1, speed: 0.5, startingAt: 0)
        cpu.add(7, generation: 1, work: 1)
        cpu.add(8, generation: 1, work: 1)
        cpu.advance(to: 1_000_000_000)
        cpu.cancel(7, generation: 1)
        #expect(cpu.active == 1)
        // A quarter of the second is done; the rest runs alone.
        #expect(cpu.nextChange == 2_500_000_000)
        cpu.advance(to: 2_500_000_000)
        #expect(cpu.takeFinished()?.request == 8)
        #expect(cpu.takeFinished() == nil)
    }

    @Test("a request in a cancelled one's place is another request")
    func reusedPlace() {
        var cpu = ProcessorSharing(cores: 1, speed: 1, startingAt: 0)
        cpu.add(0, generation: 0, work: 1)
        cpu.add(5, generation: 0, work: 9)
        cpu.cancel(5, generation: 0)
        cpu.add(5, generation: 1, work: 1)
        #expect(cpu.active == 2)
        cpu.advance(to: 2_000_000_000)
        var done: [UInt32] = []
        while let finished = cpu.takeFinished() { done.append(finished.generation) }
        #expect(done.sorted() == [0, 1])
        #expect(cpu.active == 0)
    }

    @Test("completions come by time whatever is changed in between")
    func completions() {
        var queue = CompletionQueue()
        #expect(queue.nextTime == .max && queue.nextServer == nil)
        var generator = SeededGenerator(seed: 5)
        var times = [Int64](repeating: .max, count: 37)
        for _ in times { queue.add() }
        for _ in 0..<4_000 {
            let server = generator.index(below: times.count)
            let time = generator.index(below: 4) == 0 ? Int64.max : Int64(generator.index(below: 50))
            times[server] = time
            queue.set(server, to: time)
            #expect(queue.nextTime == times.min())
            #expect(queue.nextServer.map { times[$0] } == times.min())
        }
    }

    @Test("a quota that is used up lets nothing run until its period is over")
    func quota() {
        let budget = QuotaBudget(cores: 0.3, quota: CPUQuota(processors: 2), startingAt: 0)
        var cpu = ProcessorSharing(cores: 2, speed: 1, budget: budget, startingAt: 0)
        cpu.add(0, generation: 0, work: 0.04)
        // Three hundredths of a second are the share of a tenth.
        #expect(cpu.nextChange == 30_000_000)
        cpu.advance(to: 30_000_000)
        #expect(cpu.takeFinished() == nil)
        #expect(cpu.nextChange == 100_000_000)
        cpu.advance(to: 100_000_000)
        let end = cpu.nextChange
        #expect(abs(end - 110_000_000) <= 1)
        cpu.advance(to: end)
        #expect(cpu.takeFinished()?.request == 0)
        #expect(abs(cpu.used - 0.04) < 1e-9)
        // What was left is not kept; periods without requests pass unseen.
        cpu.advance(to: 1_950_000_000)
        for request in 1...2 { cpu.add(request, generation: 0, work: 0.04) }
        #expect(cpu.nextChange == 1_965_000_000)
        cpu.advance(to: 2_010_000_000)
        #expect(abs(cpu.used - 0.09) < 1e-8)
    }
}
