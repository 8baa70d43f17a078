// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The credits of a smooth weighted round robin.
final class SmoothWeightedPicker: PolicyPicker {
    private let candidates: [Candidate]
    private let total: Double
    private var credits: [Double]

    init(candidates: [Candidate], credits: [Double]) {
        self.candidates = candidates
        self.credits = credits
        total = candidates.reduce(0) { $0 + $1.weight }
    }

    /// The credits by slot, for the picker that comes after this one.
    var creditsBySlot: [Int: Double] {
        Dictionary(zip(candidates.map(\.slot), credits)) { first, _ in first }
    }

    func pick(_ context: borrowing PickContext) -> Choice {
        guard !candidates.isEmpty else { return .none(.noEndpoints) }
        var best = 0
        var most = -Double.infinity
        for index in candidates.indices {
            let credit = credits[index] + candidates[index].weight
            credits[index] = credit
            if credit > most {
                most = credit
                best = index
            }
        }
        credits[best] = most - total
        return .endpoint(candidates[best].slot)
    }
}
