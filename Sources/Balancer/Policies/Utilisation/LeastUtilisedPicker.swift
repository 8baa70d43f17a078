// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Compares endpoints by what their utilisation must be now.
final class LeastUtilisedPicker: PolicyPicker {
    /// What the work done in the last second counts at most, in requests.
    private static let recency = 0.5

    private let candidates: FlatTable<Candidate>
    private let chooser: OwnLines<Chooser>
    /// The utilisation in the last second, in the mean.
    private let utilisation: Double
    /// Whether nothing is known but utilisations.
    private let isNew: Bool
    private let recency: Double
    /// What an answered request takes over what one in flight adds.
    private let workOverCost: Double
    private let oneOverTwiceUtilisation: Double
    private let trust: Double
    private let decay: Double
    private let expiry: Int64

    init(plan: LeastUtilisedPlan, seed: UInt64) {
        candidates = plan.candidates
        chooser = OwnLines(Chooser(plan.candidates, choices: plan.policy.choices, seed: seed))
        let fleet = plan.fleet
        utilisation = fleet.recentUtilisation
        isNew = fleet.own == nil
        recency = Self.recency * (fleet.own ?? 0)
        workOverCost = fleet.work / fleet.cost
        oneOverTwiceUtilisation = fleet.recentUtilisation > 0 ? 0.5 / fleet.recentUtilisation : 0
        trust = Double(plan.policy.trust.wholeNanoseconds)
        decay = Double((plan.policy.latencyDecay ?? .seconds(10)).wholeNanoseconds)
        expiry = plan.expiry
    }

    func pick(_ context: borrowing PickContext) -> Choice {
        let now = context.now
        return chooser.pointer.pointee.least(excluding: context.excluded) { candidate in
            let requests = Double(candidate.load.inFlight + 1) + recentRequests(of: candidate, at: now)
            let utilisation = background(of: candidate, at: now) + candidate.weight * requests
            return utilisation * candidate.load.latency.attempts(at: now, decay: decay)
        }
    }

    /// What an endpoint did in the last second, as a part of one request.
    @inline(__always)
    private func recentRequests(of candidate: Candidate, at now: Timestamp) -> Double {
        guard recency > 0 else { return 0 }
        let report = candidate.load.report
        guard report.isFresh(at: now, expiry: expiry) else { return recency / 2 }
        let age = Double(now.nanoseconds(since: report.received))
        let answered = Double(RequestCount.difference(candidate.load.answered, report.answered))
        let since = workOverCost * candidate.weight * answered
        let used = report.recentUtilisation * Elementary.exp(-age / ReportedLoad.memory) + since
        return recency * min(1, used * oneOverTwiceUtilisation)
    }

    /// The utilisation without this balancer's requests, as long as it has not learnt what its own are.
    @inline(__always)
    private func background(of candidate: Candidate, at now: Timestamp) -> Double {
        guard isNew else { return utilisation }
        let report = candidate.load.report
        guard report.isFresh(at: now, expiry: expiry) else { return utilisation }
        let age = Double(now.nanoseconds(since: report.received))
        return utilisation + (report.recentUtilisation - utilisation) * Elementary.exp(-age / trust)
    }
}
