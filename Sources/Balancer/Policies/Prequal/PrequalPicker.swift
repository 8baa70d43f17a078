// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A Prequal client: its pool of answers and the probes that it owes.
final class PrequalPicker: PolicyPicker {
    private let policy: Prequal
    private let slots: [Int]
    private let reuse: Double
    private let lifetime: Int64
    private var pool: ProbePool
    private var quantile: InFlightQuantile
    private var generator: SeededGenerator
    /// Probes that are due and not handed out.
    private var due = 0.0
    /// Removals that are due, and which kind comes next.
    private var removals = 0.0
    private var removesOldest = true
    private var lastProbe: Timestamp?
    /// Where the next probe falls, in a walk that meets each endpoint once before any twice.
    private var walk: ProbeWalk

    init(policy: Prequal, slots: [Int], seed: UInt64, replacing previous: PrequalPicker?) {
        self.policy = policy
        self.slots = slots
        reuse = policy.reuse(endpoints: slots.count)
        lifetime = policy.probeLifetime.wholeNanoseconds
        generator = SeededGenerator(seed: seed)
        walk = ProbeWalk(count: slots.count)
        pool = ProbePool(capacity: policy.poolSize)
        quantile = previous?.quantile ?? InFlightQuantile()
        let known = Set(slots)
        for entry in previous?.pool.entries ?? [] where known.contains(entry.slot) {
            pool.insert(entry)
        }
    }

    func pick(_ context: borrowing PickContext) -> Choice {
        guard !slots.isEmpty else { return .none(.noEndpoints) }
        pool.expire(at: context.now, lifetime: lifetime)
        if case .synchronous(let probes) = policy.mode {
            return pickSynchronously(context, probes: probes)
        }
        if context.attempt == 0 { due = min(64, due + policy.probesPerRequest) }
        guard pool.count >= policy.minimumPool, let best = best(context) else { return anywhere() }
        let slot = pool.entries[best].slot
        pool.use(best)
        if context.attempt == 0 { removeSome() }
        return .endpoint(slot)
    }

    /// Waits for answers to probes of this request's own, all but the slowest.
    private func pickSynchronously(_ context: borrowing PickContext, probes: Int) -> Choice {
        let wanted = min(probes, slots.count)
        guard pool.count >= max(1, wanted - 1), let best = best(context) else {
            due = max(due, Double(wanted - pool.count))
            return .none(.awaitingProbes)
        }
        let slot = pool.entries[best].slot
        pool.removeAll()
        due = 0
        return .endpoint(slot)
    }

    func nextProbe(at now: Timestamp) -> Int? {
        if let interval = policy.idleProbeInterval, due < 1, !slots.isEmpty,
            lastProbe.map({ now.elapsed(since: $0) >= interval }) ?? true
        {
            due = 1
        }
        guard due >= 1, !slots.isEmpty else { return nil }
        due -= 1
        lastProbe = now
        return slots[walk.next(&generator)]
    }

    func recordProbe(_ reply: ProbeReply, slot: Int, at now: Timestamp) {
        quantile.insert(reply.inFlight)
        pool.expire(at: now, lifetime: lifetime)
        pool.insert(
            ProbePool.Entry(
                slot: slot,
                inFlight: reply.inFlight,
                latency: reply.latency.wholeNanoseconds,
                received: now,
                uses: uses()
            )
        )
    }

    private func best(_ context: borrowing PickContext) -> Int? {
        pool.best(threshold: quantile.threshold(policy.hotQuantile), excluding: context.excluded)
    }

    private func anywhere() -> Choice {
        .endpoint(slots[generator.index(below: slots.count)])
    }

    private func removeSome() {
        removals = min(64, removals + policy.removalsPerRequest)
        while removals >= 1 {
            removals -= 1
            if removesOldest {
                pool.removeOldest()
            } else {
                pool.removeWorst(threshold: quantile.threshold(policy.hotQuantile))
            }
            removesOldest.toggle()
        }
    }

    /// How often the next answer may be used: a whole number whose mean is the reuse limit.
    private func uses() -> Int {
        guard reuse.isFinite else { return .max }
        let whole = reuse.rounded(.down)
        return Int(whole) + (generator.unit() < reuse - whole ? 1 : 0)
    }
}
