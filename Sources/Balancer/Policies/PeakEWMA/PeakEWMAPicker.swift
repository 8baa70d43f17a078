// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Compares endpoints by expected latency.
final class PeakEWMAPicker: PolicyPicker {
    /// What an endpoint without any measurement costs while requests are out: more than any real latency.
    static let penalty = Double(Int64.max >> 16)

    private let candidates: FlatTable<Candidate>
    private let chooser: OwnLines<Chooser>
    private let decay: Double

    init(plan: PeakEWMAPlan, seed: UInt64) {
        candidates = plan.candidates
        chooser = OwnLines(Chooser(plan.candidates, choices: plan.policy.choices, seed: seed))
        decay = Double(plan.policy.decay.wholeNanoseconds)
    }

    func pick(_ context: borrowing PickContext) -> Choice {
        let (decay, now) = (decay, context.now)
        return chooser.pointer.pointee.least(excluding: context.excluded) { candidate in
            Self.score(candidate.load.latency, inFlight: candidate.load.inFlight, at: now, decay: decay)
                / candidate.weight
        }
    }

    @inline(__always)
    static func score(_ estimate: LatencyEstimate, inFlight: Int, at now: Timestamp, decay: Double) -> Double {
        let cost = estimate.cost(at: now, decay: decay)
        if cost == 0 {
            return inFlight == 0 ? 0 : penalty + Double(inFlight)
        }
        return cost * Double(inFlight + 1) * estimate.attempts(at: now, decay: decay)
    }
}
