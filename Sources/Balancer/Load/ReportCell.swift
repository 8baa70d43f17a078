// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// What an endpoint last reported of itself, shared by all threads.
struct ReportCell: ~Copyable {
    private let lock = SequenceLock()
    private let utilisation = AtomicDouble()
    private let requestsPerSecond = AtomicDouble()
    private let errorsPerSecond = AtomicDouble()
    private let background = AtomicDouble()
    private let requestCost = AtomicDouble()
    private let costVariance = AtomicDouble()
    private let recentInFlight = AtomicDouble()
    private let received = Atomic<Int64>(.min)
    private let nonEmptySince = Atomic<Int64>(.min)
    private let integral = Atomic<Int64>(0)

    func read() -> ReportedLoad {
        lock.read { load() }
    }

    func update(_ change: (inout ReportedLoad) -> Void) {
        lock.write {
            var report = load()
            change(&report)
            store(report)
        }
    }

    private func load() -> ReportedLoad {
        ReportedLoad(
            utilisation: utilisation.load(),
            requestsPerSecond: requestsPerSecond.load(),
            errorsPerSecond: errorsPerSecond.load(),
            background: background.load(),
            requestCost: requestCost.load(),
            costVariance: costVariance.load(),
            recentInFlight: recentInFlight.load(),
            received: Timestamp(nanoseconds: received.load(ordering: .relaxed)),
            nonEmptySince: Timestamp(nanoseconds: nonEmptySince.load(ordering: .relaxed)),
            integral: integral.load(ordering: .relaxed)
        )
    }

    private func store(_ report: ReportedLoad) {
        utilisation.store(report.utilisation)
        requestsPerSecond.store(report.requestsPerSecond)
        errorsPerSecond.store(report.errorsPerSecond)
        background.store(report.background)
        requestCost.store(report.requestCost)
        costVariance.store(report.costVariance)
        recentInFlight.store(report.recentInFlight)
        received.store(report.received.nanoseconds, ordering: .relaxed)
        nonEmptySince.store(report.nonEmptySince.nanoseconds, ordering: .relaxed)
        integral.store(report.integral, ordering: .relaxed)
    }
}
