// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The credits of a smooth weighted round robin.
final class SmoothWeightedPicker: PolicyPicker {
    private let candidates: FlatTable<Candidate>
    private let total: Double
    private var credits: [Double]

    init(candidates: FlatTable<Candidate>, credits: [Double]) {
        self.candidates = candidates
        self.credits = credits
        total = candidates.elements.reduce(0) { $0 + $1.weight }
    }

    /// The credits by slot, for the picker that comes after this one.
    var creditsBySlot: [Int: Double] {
        Dictionary(zip(candidates.elements.map(\.slot), credits)) { first, _ in first }
    }

    func pick(_ context: borrowing PickContext) -> Choice {
        guard candidates.count > 0 else { return .none(.noEndpoints) }
        let (base, total) = (candidates.base, total)
        let best = credits.withUnsafeMutableBufferPointer { credits in
            var best = 0
            var most = -Double.infinity
            for index in credits.indices {
                let credit = credits[index] + base[index].weight
                credits[index] = credit
                if credit > most {
                    most = credit
                    best = index
                }
            }
            credits[best] = most - total
            return best
        }
        return .endpoint(base[best].slot)
    }
}
