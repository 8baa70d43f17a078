// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@Suite("Concurrency scaler")
struct ConcurrencyScalerTests {
    private func scaler() throws -> ConcurrencyScaler {
        var configuration = ConcurrencyScaler.Configuration()
        configuration.targetConcurrency = 10
        configuration.targetUtilisation = 1
        return try ConcurrencyScaler(configuration)
    }

    /// Records a level each second from one second to another.
    private func feed(_ scaler: inout ConcurrencyScaler, _ level: Double, from: Int, to: Int) {
        for second in from..<to { scaler.record(inFlight: level, at: at(Double(second) * 1_000)) }
    }

    @Test("in calm times the stable window decides")
    func stable() throws {
        var scaler = try scaler()
        feed(&scaler, 35, from: 0, to: 60)
        let wanted = scaler.decide(ready: 3, at: at(59_500))
        #expect(wanted == 4)
        #expect(!scaler.isPanicking)
    }

    @Test("a burst is followed at once, and not left before the stable window has passed")
    func panic() throws {
        var scaler = try scaler()
        feed(&scaler, 10, from: 0, to: 60)
        feed(&scaler, 100, from: 60, to: 66)
        let burst = scaler.decide(ready: 1, at: at(65_500))
        #expect(burst == 10)
        #expect(scaler.isPanicking)
        feed(&scaler, 10, from: 66, to: 120)
        let after = scaler.decide(ready: 10, at: at(119_000))
        #expect(after == 10)
        feed(&scaler, 10, from: 120, to: 190)
        let calm = scaler.decide(ready: 10, at: at(189_000))
        #expect(calm == 5, "at most halved at once")
        #expect(!scaler.isPanicking)
    }

    @Test("the last replica goes when nothing came for the window and the grace time")
    func zero() throws {
        var scaler = try scaler()
        feed(&scaler, 5, from: 0, to: 10)
        feed(&scaler, 0, from: 10, to: 160)
        var decisions: [Int] = []
        for second in [69, 75, 95, 101] {
            decisions.append(scaler.decide(ready: 1, at: at(Double(second) * 1_000)))
        }
        #expect(decisions.last == 0)
        #expect(decisions.first == 1)
        scaler.record(inFlight: 1, at: at(161_000))
        let woken = scaler.decide(ready: 0, at: at(161_000))
        #expect(woken == 1)
    }

    @Test("nothing recorded changes nothing, and nonsense is not recorded")
    func nothing() throws {
        var scaler = try scaler()
        scaler.record(inFlight: .nan, at: .zero)
        scaler.record(inFlight: -4, at: .zero)
        let wanted = scaler.decide(ready: 3, at: .zero)
        #expect(wanted == 3)
        #expect(throws: BalancerError.self) {
            var configuration = ConcurrencyScaler.Configuration()
            configuration.targetConcurrency = 0
            _ = try ConcurrencyScaler(configuration)
        }
    }
}
