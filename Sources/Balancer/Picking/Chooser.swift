// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Finds the endpoint with the least score among all, or among some drawn at random without replacement.
@usableFromInline
struct Chooser {
    @usableFromInline let candidates: UnsafePointer<Candidate>
    @usableFromInline let count: Int
    /// How many are compared, or nil for all.
    private let number: Int?
    @usableFromInline var generator: SeededGenerator

    /// Creates a chooser among candidates that the caller keeps alive.
    init(_ candidates: FlatTable<Candidate>, choices: ChoiceCount, seed: UInt64) {
        self.candidates = candidates.base
        count = candidates.count
        number = choices.number.flatMap { $0 < candidates.count ? $0 : nil }
        generator = SeededGenerator(seed: seed)
    }

    /// Whether two of more than two are compared.
    var comparesTwo: Bool { number == 2 }

    /// The best candidate by score; ties go to the one drawn first.
    @inline(__always)
    mutating func least(excluding excluded: SlotSet, _ score: (Candidate) -> Double) -> Choice {
        guard count > 0 else { return .none(.noEndpoints) }
        guard let number else { return scan(excluding: excluded, score) }
        if number == 2 { return leastOfTwo(excluding: excluded, score) }
        return leastOfSample(number, excluding: excluded, score)
    }

    @inline(__always)
    private mutating func leastOfTwo(excluding excluded: SlotSet, _ score: (Candidate) -> Double) -> Choice {
        let (first, second) = drawTwo()
        let (a, b) = (candidates[first], candidates[second])
        if !excluded.isEmpty {
            if excluded.contains(a.slot) { return .endpoint(b.slot) }
            if excluded.contains(b.slot) { return .endpoint(a.slot) }
        }
        return .endpoint(score(b) < score(a) ? b.slot : a.slot)
    }

    /// The indices of two different candidates, of which there are at least two.
    @inlinable
    @inline(__always)
    mutating func drawTwo() -> (Int, Int) {
        let first = generator.index(below: count)
        var second = generator.index(below: count &- 1)
        if second >= first { second &+= 1 }
        return (first, second)
    }

    /// Draws with Floyd's method (Bentley and Floyd, CACM 1987): no repeats, and one draw for each choice.
    ///
    /// Floyd's samples are uniform as sets, not in their order: the last candidates never come first. As ties go to the
    /// first, the candidates are counted from a random one on.
    @inline(__always)
    private mutating func leastOfSample(
        _ number: Int,
        excluding excluded: SlotSet,
        _ score: (Candidate) -> Double
    ) -> Choice {
        let start = generator.index(below: count)
        var drawn = SIMD8<Int32>(repeating: -1)
        var best = candidates[0].slot
        var least = Double.infinity
        for draw in 0..<number {
            let bound = count - number + draw
            var index = generator.index(below: bound + 1)
            if any(drawn .== Int32(truncatingIfNeeded: index)) { index = bound }
            drawn[draw] = Int32(truncatingIfNeeded: index)
            let candidate = candidates[start + index < count ? start + index : start + index - count]
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
