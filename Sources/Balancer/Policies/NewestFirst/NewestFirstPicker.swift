// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Fills newcomers up to the mean.
final class NewestFirstPicker: PolicyPicker {
    private struct Newcomer {
        let slot: Int
        /// Its place among all members.
        let place: Int
        let load: LoadHandle
        let weight: Double
        let joined: Timestamp
    }

    let picker: any PolicyPicker
    private let snapshot: Snapshot
    private let newcomers: [Newcomer]
    private let totalWeight: Double
    private let window: Int64
    private let ramp: Double
    /// Kept only while there are newcomers.
    private var recent: RecentRequests?

    init(plan: NewestFirstPlan, picker: any PolicyPicker, replacing previous: NewestFirstPicker?) {
        self.picker = picker
        snapshot = plan.snapshot
        newcomers = plan.newcomers.map {
            let member = plan.snapshot.members[$0]
            return Newcomer(
                slot: member.slot,
                place: $0,
                load: member.load,
                weight: Double(member.configuredWeight),
                joined: member.joined
            )
        }
        totalWeight = plan.totalWeight
        window = plan.policy.window.wholeNanoseconds
        ramp = Double(plan.policy.ramp.wholeNanoseconds)
        if !newcomers.isEmpty { recent = RecentRequests(plan.snapshot.members, replacing: previous?.recent) }
    }

    func pick(_ context: borrowing PickContext) -> Choice {
        guard !newcomers.isEmpty else { return picker.pick(context) }
        let mean = Double(snapshot.totalInFlight + 1) / totalWeight
        recent?.look(at: context.now)
        if context.attempt == 0 {
            for newcomer in newcomers {
                guard let share = share(of: newcomer, mean: mean, at: context.now) else { continue }
                let target = max(Int(share.rounded(.down)), wasIdle(newcomer, at: context.now) ? 1 : 0)
                if newcomer.load.inFlight < target {
                    return .endpoint(slot: newcomer.slot, limit: target)
                }
            }
        }
        return pickPassingFullOnes(context, mean: mean)
    }

    /// Whether a newcomer had fewer requests in flight in the last seconds than its share of all.
    private func wasIdle(_ newcomer: Newcomer, at now: Timestamp) -> Bool {
        guard let recent else { return false }
        let share = share(of: newcomer, mean: recent.total / totalWeight, at: now) ?? 0
        return recent[newcomer.place] < share
    }

    /// Asks the policy underneath, and again if it answers with a newcomer that has its share.
    private func pickPassingFullOnes(_ context: borrowing PickContext, mean: Double) -> Choice {
        let first = picker.pick(context)
        guard isFull(first, mean: mean, at: context.now) else { return first }
        var again = copy context
        var choice = first
        for _ in 0..<4 {
            guard case .endpoint(let slot, _) = choice else { break }
            again.excluded.insert(slot)
            again.attempt &+= 1
            choice = picker.pick(again)
            if case .endpoint = choice, !isFull(choice, mean: mean, at: context.now) { return choice }
        }
        // Better more than its share than no answer.
        return first
    }

    private func isFull(_ choice: Choice, mean: Double, at now: Timestamp) -> Bool {
        guard case .endpoint(let slot, _) = choice, let newcomer = newcomers.first(where: { $0.slot == slot }),
            let share = share(of: newcomer, mean: mean, at: now)
        else { return false }
        return newcomer.load.inFlight >= max(1, Int(share.rounded(.up)))
    }

    /// What a newcomer may have in flight; nil if it is none any more.
    private func share(of newcomer: Newcomer, mean: Double, at now: Timestamp) -> Double? {
        let age = now.nanoseconds(since: newcomer.joined)
        guard age < window else { return nil }
        return mean * newcomer.weight * (ramp > 0 ? min(1, max(0, Double(age) / ramp)) : 1)
    }

    func nextProbe(at now: Timestamp) -> Int? { picker.nextProbe(at: now) }

    func recordProbe(_ reply: ProbeReply, slot: Int, at now: Timestamp) {
        picker.recordProbe(reply, slot: slot, at: now)
    }
}
