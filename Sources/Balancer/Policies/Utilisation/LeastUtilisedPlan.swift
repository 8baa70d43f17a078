// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The endpoints to compare and the means that stand in for missing reports.
struct LeastUtilisedPlan: PolicyPlan {
    let policy: LeastUtilised
    let candidates: FlatTable<Candidate>
    let expiry: Int64
    let meanBackground: Double
    let meanCost: Double
    let meanRecent: Double
    /// How much an endpoint's own cost counts beside the mean: 1 where the endpoints differ by more than their reports
    /// waver, 0 where the wavering explains all of the differences.
    let ownCost: Double

    init(policy: LeastUtilised, snapshot: Snapshot) {
        self.policy = policy
        candidates = snapshot.candidates
        expiry = snapshot.reportExpiry
        let reports = snapshot.list { $0.load.report }.filter {
            $0.isFresh(at: snapshot.now, expiry: snapshot.reportExpiry)
        }
        let known = reports.filter { $0.requestCost > 0 }
        meanBackground = Self.mean(of: reports, \.background) ?? 0
        meanRecent = Self.mean(of: reports, \.recentInFlight) ?? 0
        let cost = Self.mean(of: known, \.requestCost) ?? policy.assumedCost
        meanCost = cost
        let spread = Self.mean(of: known) { ($0.requestCost - cost) * ($0.requestCost - cost) } ?? 0
        let uncertainty = Self.mean(of: known, \.uncertainty) ?? 0
        ownCost = spread > uncertainty ? 1 - uncertainty / spread : 0
    }

    private static func mean(of reports: [ReportedLoad], _ value: (ReportedLoad) -> Double) -> Double? {
        reports.isEmpty ? nil : reports.reduce(0) { $0 + value($1) } / Double(reports.count)
    }

    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker {
        LeastUtilisedPicker(plan: self, seed: seed)
    }
}
