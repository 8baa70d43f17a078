// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Compares endpoints by what their utilisation must be now.
final class LeastUtilisedPicker: PolicyPicker {
    private let candidates: FlatTable<Candidate>
    private let chooser: OwnLines<Chooser>
    private let meanBackground: Double
    private let meanCost: Double
    private let meanRecent: Double
    private let ownCost: Double
    private let recency: Double
    private let trust: Double
    private let decay: Double
    private let expiry: Int64

    init(plan: LeastUtilisedPlan, seed: UInt64) {
        candidates = plan.candidates
        chooser = OwnLines(Chooser(plan.candidates, choices: plan.policy.choices, seed: seed))
        meanBackground = plan.meanBackground
        meanCost = plan.meanCost
        meanRecent = plan.meanRecent
        ownCost = plan.ownCost
        recency = plan.recency
        trust = Double(plan.policy.trust.wholeNanoseconds)
        decay = Double((plan.policy.latencyDecay ?? .seconds(10)).wholeNanoseconds)
        expiry = plan.expiry
    }

    func pick(_ context: borrowing PickContext) -> Choice {
        let now = context.now
        let (meanBackground, meanCost, meanRecent, ownCost) = (meanBackground, meanCost, meanRecent, ownCost)
        let (recency, trust, decay, expiry) = (recency, trust, decay, expiry)
        return chooser.pointer.pointee.least(excluding: context.excluded) { candidate in
            let report = candidate.load.report
            var background = meanBackground
            var cost = meanCost
            var recent = meanRecent
            if report.isFresh(at: now, expiry: expiry) {
                let age = Double(now.nanoseconds(since: report.received))
                background += (report.background - meanBackground) * Elementary.exp(-age / trust)
                if report.requestCost > 0 { cost += ownCost * (report.requestCost - meanCost) }
                recent = report.recentInFlight
            }
            let requests = Double(candidate.load.inFlight + 1) + recency * min(1, recent)
            let utilisation = background + cost * requests
            return utilisation * candidate.load.latency.attempts(at: now, decay: decay)
        }
    }
}
