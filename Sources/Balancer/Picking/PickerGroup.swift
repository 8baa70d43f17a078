// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Pickers for several groups of endpoints, of which a wrapper chooses one for each request.
struct PickerGroup {
    let pickers: [any PolicyPicker]

    init(plans: [any PolicyPlan], seed: UInt64, replacing previous: PickerGroup?) {
        pickers = plans.enumerated().map { index, plan in
            let earlier = previous.flatMap { index < $0.pickers.count ? $0.pickers[index] : nil }
            return plan.makePicker(seed: SeededGenerator.seed(seed, stream: UInt64(index)), replacing: earlier)
        }
    }

    func pick(_ index: Int, _ context: borrowing PickContext) -> Choice {
        pickers[index].pick(context)
    }

    func nextProbe(at now: Timestamp) -> Int? {
        for picker in pickers {
            if let slot = picker.nextProbe(at: now) { return slot }
        }
        return nil
    }

    /// Hands a reply to every group: those that don't hold the endpoint ignore it.
    func recordProbe(_ reply: ProbeReply, slot: Int, at now: Timestamp) {
        for picker in pickers {
            picker.recordProbe(reply, slot: slot, at: now)
        }
    }
}
