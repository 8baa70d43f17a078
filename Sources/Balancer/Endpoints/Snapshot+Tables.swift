// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What policies keep of a set. Read in place: to copy a member is to count a reference, which for large sets is most of
/// the work.
extension Snapshot {
    /// The slots, in the order of the members.
    var slots: [Int] { list { $0.slot } }

    /// The weights, in the order of the members.
    var weights: [Double] { list { $0.weight } }

    /// What load-aware policies look at, in the order of the members.
    var candidates: FlatTable<Candidate> { FlatTable(list { Candidate($0) }) }

    /// Whether any member is in its slow start.
    var isRamping: Bool {
        members.withUnsafeBufferPointer { members in members.indices.contains { members[$0].ramp < 1 } }
    }

    /// One value for each member.
    func list<Value>(_ value: (borrowing Member) -> Value) -> [Value] {
        // Without this the standard library would write a count of 0 to the empty array that all threads share: a race
        // to the thread sanitizer.
        if members.isEmpty { return [] }
        return members.withUnsafeBufferPointer { members in
            [Value](unsafeUninitializedCapacity: members.count) { values, count in
                for index in members.indices {
                    values.initializeElement(at: index, to: value(members[index]))
                }
                count = members.count
            }
        }
    }
}
