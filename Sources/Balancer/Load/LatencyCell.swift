// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// An endpoint's measured latency and failure rate, shared by all threads.
@usableFromInline
struct LatencyCell: ~Copyable {
    private let lock = SequenceLock()
    private let cost = AtomicDouble()
    @usableFromInline let failureRate = AtomicDouble()
    private let stamp = Atomic<Int64>(0)

    /// Whether any request failed of late.
    @inlinable
    var hasFailed: Bool { failureRate.load() > 0 }

    func read() -> LatencyEstimate {
        lock.read {
            LatencyEstimate(
                cost: cost.load(),
                failureRate: failureRate.load(),
                stamp: Timestamp(nanoseconds: stamp.load(ordering: .relaxed))
            )
        }
    }

    func observe(latency: Double, failed: Bool, at now: Timestamp, decay: Double) {
        lock.write {
            var estimate = LatencyEstimate(
                cost: cost.load(),
                failureRate: failureRate.load(),
                stamp: Timestamp(nanoseconds: stamp.load(ordering: .relaxed))
            )
            estimate.observe(latency: latency, failed: failed, at: now, decay: decay)
            store(estimate)
        }
    }

    func reset(at now: Timestamp) {
        lock.write { store(LatencyEstimate(cost: 0, failureRate: 0, stamp: now)) }
    }

    private func store(_ estimate: LatencyEstimate) {
        cost.store(estimate.cost)
        failureRate.store(estimate.failureRate)
        stamp.store(estimate.stamp.nanoseconds, ordering: .relaxed)
    }
}
