// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// What an endpoint last reported of itself, shared by all threads.
struct ReportCell: ~Copyable {
    private let lock = SequenceLock()
    private let utilisation = AtomicDouble()
    private let requestsPerSecond = AtomicDouble()
    private let errorsPerSecond = AtomicDouble()
    private let recentUtilisation = AtomicDouble()
    private let received = Atomic<Int64>(.min)
    private let nonEmptySince = Atomic<Int64>(.min)
    private let answered = Atomic<UInt32>(0)
    private let integral = Atomic<Int64>(0)
    private let history = LoadHistoryCell()

    func read() -> ReportedLoad {
        lock.read { load() }
    }

    /// What was learnt of its reports, which picks have no use for: plans read it.
    func readHistory() -> LoadHistory {
        lock.read { history.load() }
    }

    /// Takes in a report.
    ///
    /// - Parameters:
    ///   - report: A valid report.
    ///   - now: When it arrived.
    ///   - answered: The balancer's requests answered up to now, modulo 2²⁰.
    ///   - integral: The request-nanoseconds in flight up to now, modulo 2⁶⁴.
    ///   - expiry: The nanoseconds after which a report counts as missing.
    func take(_ report: LoadReport, at now: Timestamp, answered: UInt32, integral: Int64, expiry: Int64) {
        lock.write {
            var load = load()
            if var interval = load.take(report, at: now, answered: answered, expiry: expiry) {
                let before = self.integral.load(ordering: .relaxed)
                interval.inFlight = max(0, Double(integral &- before) / 1e9)
                var learnt = history.load()
                learnt.take(interval)
                history.store(learnt)
            }
            self.integral.store(integral, ordering: .relaxed)
            store(load)
        }
    }

    /// Forgets everything.
    func reset() {
        lock.write {
            store(ReportedLoad())
            history.store(LoadHistory())
            integral.store(0, ordering: .relaxed)
        }
    }

    private func load() -> ReportedLoad {
        ReportedLoad(
            utilisation: utilisation.load(),
            requestsPerSecond: requestsPerSecond.load(),
            errorsPerSecond: errorsPerSecond.load(),
            recentUtilisation: recentUtilisation.load(),
            received: Timestamp(nanoseconds: received.load(ordering: .relaxed)),
            nonEmptySince: Timestamp(nanoseconds: nonEmptySince.load(ordering: .relaxed)),
            answered: answered.load(ordering: .relaxed)
        )
    }

    private func store(_ report: ReportedLoad) {
        utilisation.store(report.utilisation)
        requestsPerSecond.store(report.requestsPerSecond)
        errorsPerSecond.store(report.errorsPerSecond)
        recentUtilisation.store(report.recentUtilisation)
        received.store(report.received.nanoseconds, ordering: .relaxed)
        nonEmptySince.store(report.nonEmptySince.nanoseconds, ordering: .relaxed)
        answered.store(report.answered, ordering: .relaxed)
    }
}
