// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The descriptors that the host prepares for one launch, in the order of the plan's slots.
///
/// Those it owns are closed with the table: after the clone, or when any step before it fails.
struct DescriptorTable: ~Copyable {
    private(set) var values: [CInt] = []
    private var owned: [CInt] = []

    /// Takes over a descriptor and gives the slot under which the plan finds it.
    mutating func add(_ descriptor: consuming Descriptor) -> Slot {
        let number = descriptor.release()
        owned.append(number)
        return add(unowned: number)
    }

    /// Adds a descriptor that something else keeps open for as long as the table lasts.
    mutating func add(unowned number: CInt) -> Slot {
        values.append(number)
        return Slot(values.count - 1)
    }

    /// A slot that the stage fills.
    mutating func addEmpty() -> Slot {
        add(unowned: -1)
    }

    /// The descriptor in a slot.
    func number(of slot: Slot) -> CInt {
        values[Int(slot.index)]
    }

    deinit {
        for number in owned { _ = Descriptor(owning: number) }
    }
}
