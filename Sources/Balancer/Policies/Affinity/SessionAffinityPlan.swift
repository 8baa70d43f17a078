// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The endpoints by session number.
struct SessionAffinityPlan: PolicyPlan {
    let slots: [UInt64: Int]
    let plan: any PolicyPlan

    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker {
        let inner = plan.makePicker(seed: seed, replacing: (previous as? SessionAffinityPicker)?.picker)
        return SessionAffinityPicker(slots: slots, picker: inner)
    }
}

/// Looks sessions up.
final class SessionAffinityPicker: PolicyPicker {
    private let slots: [UInt64: Int]
    let picker: any PolicyPicker

    init(slots: [UInt64: Int], picker: any PolicyPicker) {
        self.slots = slots
        self.picker = picker
    }

    func pick(_ context: borrowing PickContext) -> Choice {
        if context.attempt == 0, let session = context.session, let slot = slots[session] {
            return .endpoint(slot)
        }
        return picker.pick(context)
    }

    func nextProbe(at now: Timestamp) -> Int? { picker.nextProbe(at: now) }

    func recordProbe(_ reply: ProbeReply, slot: Int, at now: Timestamp) {
        picker.recordProbe(reply, slot: slot, at: now)
    }
}
