// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Compares endpoints by requests in flight.
final class LeastRequestsPicker: DirectPicker {
    private let candidates: FlatTable<Candidate>
    private let chooser: OwnLines<Chooser>
    private let bias: Double
    private let decay: Double
    private let avoidsFailures: Bool

    init(plan: LeastRequestsPlan, seed: UInt64) {
        candidates = plan.candidates
        chooser = OwnLines(Chooser(plan.candidates, choices: plan.policy.choices, seed: seed))
        bias = plan.policy.bias
        avoidsFailures = plan.policy.avoidsFailures
        decay = Double(LeastRequests.failureDecay.wholeNanoseconds)
    }

    var direct: PickerRoute? {
        guard bias == 1, chooser.pointer.pointee.comparesTwo else { return nil }
        return PickerRoute(kind: .twoChoices, state: UnsafeMutableRawPointer(chooser.pointer))
    }

    func pick(_ context: borrowing PickContext) -> Choice {
        let (bias, decay, now, avoidsFailures) = (bias, decay, context.now, avoidsFailures)
        return chooser.pointer.pointee.least(excluding: context.excluded) { candidate in
            let active = Double(candidate.load.inFlight + 1)
            let score = (bias == 1 ? active : Elementary.pow(active, bias)) / candidate.weight
            guard avoidsFailures, candidate.load.hasFailed else { return score }
            return score * candidate.load.latency.attempts(at: now, decay: decay)
        }
    }
}

extension Chooser {
    /// The one with fewer requests in flight for its weight of two at random, unless failures tell otherwise.
    ///
    /// Where nothing is measured nothing has ever failed, so this serves with and without ``LeastRequests/avoidsFailures``.
    @inlinable
    @inline(__always)
    mutating func leastRequestsOfTwo(_ context: borrowing PickContext) -> Choice {
        let (first, second) = drawTwo()
        let (a, b) = (candidates + first, candidates + second)
        let hasExcluded = !context.excluded.isEmpty
        if hasExcluded || a.pointee.load.hasFailed || b.pointee.load.hasFailed {
            return leastRequests(a.pointee, b.pointee, excluding: context.excluded, at: context.now)
        }
        // (n + 1) / w of both, without dividing; and chosen by index, because nobody can predict this branch.
        let left = Double(a.pointee.load.inFlight &+ 1) * b.pointee.weight
        let right = Double(b.pointee.load.inFlight &+ 1) * a.pointee.weight
        return .endpoint(candidates[right < left ? second : first].slot)
    }

    @usableFromInline
    @inline(never)
    func leastRequests(_ a: Candidate, _ b: Candidate, excluding excluded: SlotSet, at now: Timestamp) -> Choice {
        if excluded.contains(a.slot) { return .endpoint(b.slot) }
        if excluded.contains(b.slot) { return .endpoint(a.slot) }
        let decay = Double(LeastRequests.failureDecay.wholeNanoseconds)
        let left = Double(a.load.inFlight + 1) * a.load.latency.attempts(at: now, decay: decay)
        let right = Double(b.load.inFlight + 1) * b.load.latency.attempts(at: now, decay: decay)
        return .endpoint(right * a.weight < left * b.weight ? b.slot : a.slot)
    }
}
