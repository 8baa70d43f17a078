// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@Suite("Retry budget and hedging delay")
struct RetryBudgetTests {
    @Test("retries are a share of the requests of the window")
    func share() {
        var budget = RetryBudget(share: 0.2, minimumPerSecond: 0)
        let first = budget.withdraw(at: .zero)
        #expect(!first)
        for _ in 0..<100 { budget.deposit(at: at(0)) }
        let made = (0..<50).count { _ in budget.withdraw(at: at(100)) }
        #expect(made == 20)
        for _ in 0..<100 { budget.deposit(at: at(1_000)) }
        let late = budget.withdraw(at: at(12_000))
        #expect(!late)
    }

    @Test("some retries are there without any request")
    func minimum() {
        var budget = RetryBudget()
        let made = (0..<500).count { _ in budget.withdraw(at: at(50)) }
        #expect(made == 100)
        let later = budget.withdraw(at: at(20_000))
        #expect(later)
    }

    @Test("a clock that goes back neither fills nor empties the budget")
    func clockBack() {
        var budget = RetryBudget(share: 1, minimumPerSecond: 0)
        for _ in 0..<5 { budget.deposit(at: at(5_000)) }
        let made = (0..<9).count { _ in budget.withdraw(at: at(-60_000)) }
        #expect(made == 5)
    }

    @Test("the delay is the percentile of past latencies to 1 / 16")
    func hedging() {
        var hedging = HedgingDelay()
        #expect(hedging.delay == .milliseconds(100))
        for value in 1...1_000 { hedging.record(.microseconds(value * 100), at: at(Double(value))) }
        let delay = Double(hedging.delay.components.attoseconds) / 1e15
        #expect(delay >= 95 && delay <= 95 * 17.0 / 16)
    }

    @Test("latencies older than two windows are forgotten")
    func forgets() {
        var hedging = HedgingDelay(window: .seconds(1))
        for _ in 0..<100 { hedging.record(.seconds(2), at: at(0)) }
        for _ in 0..<100 { hedging.record(.milliseconds(1), at: at(5_000)) }
        #expect(hedging.delay < .milliseconds(2))
    }
}
