// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The hashing's plan and each endpoint's share.
struct BoundedLoadPlan: PolicyPlan {
    let hashing: any PolicyPlan
    let snapshot: Snapshot
    let factor: Double

    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker {
        BoundedLoadPicker(plan: self, hashing: hashing.makePicker(seed: seed, replacing: nil), seed: seed)
    }
}

/// Sends a key on while the endpoint where it belongs is full.
final class BoundedLoadPicker: PolicyPicker {
    private let snapshot: Snapshot
    private let factor: Double
    private let hashing: any PolicyPicker
    private let hosts: [(slot: Int, load: LoadHandle, share: Double)]
    /// Where each slot stands among the hosts.
    private var positions: [Int]
    private var generator: SeededGenerator

    init(plan: BoundedLoadPlan, hashing: any PolicyPicker, seed: UInt64) {
        snapshot = plan.snapshot
        factor = plan.factor
        self.hashing = hashing
        let members = plan.snapshot.members
        let total = members.reduce(0.0) { $0 + Double($1.configuredWeight) }
        hosts = members.map { ($0.slot, $0.load, Double($0.configuredWeight) / total) }
        positions = [Int](repeating: 0, count: (members.map(\.slot).max() ?? -1) + 1)
        for (position, member) in members.enumerated() {
            positions[member.slot] = position
        }
        generator = SeededGenerator(seed: seed)
    }

    func pick(_ context: borrowing PickContext) -> Choice {
        var keyed = copy context
        let key = context.key ?? generator.next()
        keyed.key = key
        guard case .endpoint(let slot, _) = hashing.pick(keyed) else { return .none(.noEndpoints) }
        let slots = factor * Double(snapshot.totalInFlight + 1)
        let home = positions[slot]
        if let choice = room(at: home, of: slots) { return choice }
        // A walk over all hosts in steps that share no divisor with their number meets each of them once.
        let count = UInt64(hosts.count)
        var walk = SeededGenerator(seed: key)
        let start = walk.next() % count
        var step = walk.next() % count
        while !Self.areCoprime(step, count) { step = (step + 1) % count }
        var position = start
        for _ in 0..<hosts.count {
            if let choice = room(at: Int(position), of: slots) { return choice }
            position = (position + step) % count
        }
        return .none(.overloaded)
    }

    private func room(at position: Int, of slots: Double) -> Choice? {
        let host = hosts[position]
        let bound = Int(min(1e15, (slots * host.share).rounded(.up)))
        return host.load.inFlight < bound ? .endpoint(slot: host.slot, limit: bound) : nil
    }

    private static func areCoprime(_ a: UInt64, _ b: UInt64) -> Bool {
        var (a, b) = (a, b)
        while b != 0 { (a, b) = (b, a % b) }
        return a == 1
    }
}
