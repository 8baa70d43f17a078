// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Pickers for several groups of endpoints, of which a wrapper chooses one for each request.
final class PickerGroup {
    private let boxes: [PickerBox]
    private let routes: FlatTable<PickerRoute>

    init(plans: [any PolicyPlan], seed: UInt64, replacing previous: PickerGroup?) {
        boxes = plans.enumerated().map { index, plan in
            let earlier = previous.flatMap { index < $0.boxes.count ? $0.boxes[index].picker : nil }
            return PickerBox(
                plan.makePicker(seed: SeededGenerator.seed(seed, stream: UInt64(index)), replacing: earlier)
            )
        }
        routes = FlatTable(boxes.map { PickerRoute($0) })
    }

    func pick(_ index: Int, _ context: borrowing PickContext) -> Choice {
        precondition(index >= 0 && index < routes.count)
        return routes.base[index].pick(context)
    }

    func nextProbe(at now: Timestamp) -> Int? {
        for box in boxes {
            if let slot = box.picker.nextProbe(at: now) { return slot }
        }
        return nil
    }

    /// Hands a reply to every group: those that don't hold the endpoint ignore it.
    func recordProbe(_ reply: ProbeReply, slot: Int, at now: Timestamp) {
        for box in boxes {
            box.picker.recordProbe(reply, slot: slot, at: now)
        }
    }
}
