// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension EndpointRegistry {
    /// Whether endpoints differ in level, or some are degraded.
    var hasLevels: Bool {
        entries.withUnsafeBufferPointer { entries in
            entries.indices.contains { entries[$0].priority != entries[0].priority || entries[$0].health == .degraded }
        }
    }

    /// The endpoints as policies see them: those that may take requests, and those that are left out for their health.
    ///
    /// If fewer than the threshold are well, all are used.
    func members(
        at now: Timestamp,
        slowStart: SlowStart?,
        panicThreshold: Double
    ) -> (eligible: [Member], impaired: [Member]) {
        entries.withUnsafeBufferPointer { entries in
            var (open, sound) = (0, 0)
            for index in entries.indices where entries[index].isOpen {
                open += 1
                if !entries[index].isImpaired { sound += 1 }
            }
            let panics = Double(sound) < panicThreshold * Double(open)
            var eligible: [Member] = []
            eligible.reserveCapacity(panics ? open : sound)
            var impaired: [Member] = []
            for index in entries.indices where entries[index].isOpen {
                let member = Member(entries[index], ramp: entries[index].ramp(at: now, slowStart: slowStart))
                if panics || !member.isImpaired {
                    eligible.append(member)
                } else {
                    impaired.append(member)
                }
            }
            return (eligible, impaired)
        }
    }
}
