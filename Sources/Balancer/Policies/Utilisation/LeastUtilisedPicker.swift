// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Compares endpoints by what their utilisation must be now.
final class LeastUtilisedPicker: PolicyPicker {
    private let candidates: FlatTable<Candidate>
    private let chooser: OwnLines<Chooser>
    private let meanBackground: Double
    private let meanCost: Double
    private let trust: Double
    private let decay: Double
    private let expiry: Int64

    init(plan: LeastUtilisedPlan, seed: UInt64) {
        candidates = plan.candidates
        chooser = OwnLines(Chooser(plan.candidates, choices: plan.policy.choices, seed: seed))
        meanBackground = plan.meanBackground
        meanCost = plan.meanCost
        trust = Double(plan.policy.trust.wholeNanoseconds)
        decay = Double((plan.policy.latencyDecay ?? .seconds(10)).wholeNanoseconds)
        expiry = plan.expiry
    }

    func pick(_ context: borrowing PickContext) -> Choice {
        let now = context.now
        let (meanBackground, meanCost, trust, decay, expiry) = (meanBackground, meanCost, trust, decay, expiry)
        return chooser.pointer.pointee.least(excluding: context.excluded) { candidate in
            let report = candidate.load.report
            var background = meanBackground
            var cost = meanCost
            if report.isFresh(at: now, expiry: expiry) {
                let age = Double(now.nanoseconds(since: report.received))
                background += (report.background - meanBackground) * Elementary.exp(-age / trust)
                cost = report.requestCost > 0 ? report.requestCost : meanCost
            }
            let utilisation = background + cost * Double(candidate.load.inFlight + 1)
            return utilisation * candidate.load.latency.attempts(at: now, decay: decay)
        }
    }
}
