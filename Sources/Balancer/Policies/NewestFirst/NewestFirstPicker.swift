// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Fills newcomers up to the mean.
final class NewestFirstPicker: PolicyPicker {
    private struct Newcomer {
        let slot: Int
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

    init(plan: NewestFirstPlan, picker: any PolicyPicker) {
        self.picker = picker
        snapshot = plan.snapshot
        newcomers = plan.newcomers.map {
            Newcomer(slot: $0.slot, load: $0.load, weight: Double($0.configuredWeight), joined: $0.joined)
        }
        totalWeight = plan.totalWeight
        window = plan.policy.window.wholeNanoseconds
        ramp = Double(plan.policy.ramp.wholeNanoseconds)
    }

    func pick(_ context: borrowing PickContext) -> Choice {
        guard !newcomers.isEmpty, context.attempt == 0 else { return picker.pick(context) }
        let mean = Double(snapshot.totalInFlight + 1) / totalWeight
        for newcomer in newcomers {
            let age = context.now.nanoseconds(since: newcomer.joined)
            guard age < window else { continue }
            let reach = ramp > 0 ? min(1, Double(age) / ramp) : 1
            let target = Int((mean * newcomer.weight * reach).rounded(.down))
            if newcomer.load.inFlight < target {
                return .endpoint(slot: newcomer.slot, limit: target)
            }
        }
        return picker.pick(context)
    }

    func nextProbe(at now: Timestamp) -> Int? { picker.nextProbe(at: now) }

    func recordProbe(_ reply: ProbeReply, slot: Int, at now: Timestamp) {
        picker.recordProbe(reply, slot: slot, at: now)
    }
}
