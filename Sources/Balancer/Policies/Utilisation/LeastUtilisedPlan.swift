// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The endpoints to compare and the means that stand in for missing reports.
struct LeastUtilisedPlan: PolicyPlan {
    /// Where a third of the load is not explained by own requests, all of it counts as that of others: a balancer takes some
    /// of what they cause for the cost of its own requests.
    private static let othersWeight = 3.0

    let policy: LeastUtilised
    let candidates: FlatTable<Candidate>
    let expiry: Int64
    let meanBackground: Double
    let meanCost: Double
    let meanRecent: Double
    /// How much an endpoint's own cost counts beside the mean: 1 where the endpoints differ by more than their reports
    /// waver, 0 where the wavering explains all of the differences.
    ///
    /// Where much of the load is that of other balancers, the wavering counts too: it differs from one to the next, and
    /// without it all of them would choose the same endpoint.
    let ownCost: Double
    /// What a request that was in flight lately counts beside one that is now: half of one where the load is this
    /// balancer's, nothing where it is that of others, of whose requests nothing is known.
    let recency: Double

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
        let certain = spread > uncertainty ? 1 - uncertainty / spread : 0
        let utilisation = Self.mean(of: reports, \.utilisation) ?? 0
        let others = utilisation > 0 ? min(1, Self.othersWeight * meanBackground / utilisation) : 0
        ownCost = certain + (1 - certain) * others
        recency = 0.5 * (1 - others)
    }

    private static func mean(of reports: [ReportedLoad], _ value: (ReportedLoad) -> Double) -> Double? {
        reports.isEmpty ? nil : reports.reduce(0) { $0 + value($1) } / Double(reports.count)
    }

    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker {
        LeastUtilisedPicker(plan: self, seed: seed)
    }
}
