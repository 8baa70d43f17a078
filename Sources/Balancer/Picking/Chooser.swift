// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Finds the endpoint with the least score among all, or among some drawn at random without replacement.
struct Chooser {
    let candidates: [Candidate]
    let choices: ChoiceCount
    var generator: SeededGenerator

    init(snapshot: Snapshot, choices: ChoiceCount, seed: UInt64) {
        candidates = snapshot.members.map(Candidate.init)
        self.choices = choices
        generator = SeededGenerator(seed: seed)
    }

    init(candidates: [Candidate], choices: ChoiceCount, seed: UInt64) {
        self.candidates = candidates
        self.choices = choices
        generator = SeededGenerator(seed: seed)
    }

    /// The best candidate by score; ties go to the one drawn first.
    @inline(__always)
    mutating func least(excluding excluded: SlotSet, _ score: (Candidate) -> Double) -> Choice {
        let count = candidates.count
        guard count > 0 else { return .none(.noEndpoints) }
        guard let number = choices.number, number < count else { return scan(excluding: excluded, score) }
        if number == 2 { return leastOfTwo(excluding: excluded, score) }
        return leastOfSample(number, excluding: excluded, score)
    }

    @inline(__always)
    private mutating func leastOfTwo(excluding excluded: SlotSet, _ score: (Candidate) -> Double) -> Choice {
        let first = generator.index(below: candidates.count)
        var second = generator.index(below: candidates.count - 1)
        if second >= first { second += 1 }
        let (a, b) = (candidates[first], candidates[second])
        if !excluded.isEmpty {
            if excluded.contains(a.slot) { return .endpoint(b.slot) }
            if excluded.contains(b.slot) { return .endpoint(a.slot) }
        }
        return .endpoint(score(b) < score(a) ? b.slot : a.slot)
    }

    /// Draws with Floyd's method (Bentley and Floyd, CACM 1987): as many draws as choices, no repeats.
    @inline(__always)
    private mutating func leastOfSample(
        _ number: Int,
        excluding excluded: SlotSet,
        _ score: (Candidate) -> Double
    ) -> Choice {
        var drawn = SIMD8<Int32>(repeating: -1)
        var best = candidates[0].slot
        var least = Double.infinity
        for draw in 0..<number {
            let bound = candidates.count - number + draw
            var index = generator.index(below: bound + 1)
            if any(drawn .== Int32(truncatingIfNeeded: index)) { index = bound }
            drawn[draw] = Int32(truncatingIfNeeded: index)
            let candidate = candidates[index]
            let value = excluded.contains(candidate.slot) ? .greatestFiniteMagnitude : score(candidate)
            if value < least {
                least = value
                best = candidate.slot
            }
        }
        return .endpoint(best)
    }

    /// Looks at all, from a random place on, so that equals share.
    @inline(__always)
    private mutating func scan(excluding excluded: SlotSet, _ score: (Candidate) -> Double) -> Choice {
        let count = candidates.count
        var index = generator.index(below: count)
        var best = candidates[index].slot
        var least = Double.infinity
        for _ in 0..<count {
            let candidate = candidates[index]
            let value = excluded.contains(candidate.slot) ? .greatestFiniteMagnitude : score(candidate)
            if value < least {
                least = value
                best = candidate.slot
            }
            index += 1
            if index == count { index = 0 }
        }
        return .endpoint(best)
    }
}
