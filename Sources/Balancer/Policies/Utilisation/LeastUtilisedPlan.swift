// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The endpoints to compare and the means that stand in for missing reports.
struct LeastUtilisedPlan: PolicyPlan {
    let policy: LeastUtilised
    let candidates: FlatTable<Candidate>
    let expiry: Int64
    let meanBackground: Double
    let meanCost: Double

    init(policy: LeastUtilised, snapshot: Snapshot) {
        self.policy = policy
        candidates = snapshot.candidates
        expiry = snapshot.reportExpiry
        let reports = snapshot.list { $0.load.report }.filter {
            $0.isFresh(at: snapshot.now, expiry: snapshot.reportExpiry)
        }
        let costs = reports.map(\.requestCost).filter { $0 > 0 }
        meanBackground = reports.isEmpty ? 0 : reports.reduce(0) { $0 + $1.background } / Double(reports.count)
        meanCost = costs.isEmpty ? policy.assumedCost : costs.reduce(0, +) / Double(costs.count)
    }

    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker {
        LeastUtilisedPicker(plan: self, seed: seed)
    }
}
