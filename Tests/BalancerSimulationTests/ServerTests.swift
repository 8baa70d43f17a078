// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import BalancerSimulation

@Suite("Processor sharing")
struct ServerTests {
    @Test("a request alone runs at full speed, more than cores share them")
    func shares() {
        var cpu = ProcessorSharing(cores: 2, speed: 1, startingAt: 0)
        cpu.add(0, generation: 0, work: 1)
        #expect(cpu.nextCompletion == 1_000_000_000)
        for request in 1..<4 { cpu.add(request, generation: 0, work: 1) }
        #expect(cpu.nextCompletion == 2_000_000_000)
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
        #expect(cpu.nextCompletion == 2_500_000_000)
        cpu.advance(to: 2_500_000_000)
        #expect(cpu.takeFinished()?.request == 8)
        #expect(cpu.takeFinished() == nil)
    }
}
