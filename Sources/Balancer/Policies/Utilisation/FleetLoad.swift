// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What the reports of all endpoints together say.
struct FleetLoad {
    /// How much of utilisations' variance own requests must explain for the load to count as own at all, and as all own.
    ///
    /// In simulations a balancer that is alone explains 0.6 to 1, less where replicas are nearly full; of two each 0.2 to 0.4.
    private static let explained = (little: 0.5, enough: 0.75)
    /// How many times further than chance has it endpoints must differ, to count as different.
    private static let caution = 3.0

    /// The utilisation in the last second, in the mean of the endpoints.
    let recentUtilisation: Double
    /// What one request in flight adds to the utilisation, in the mean.
    let cost: Double
    /// The work of an answered request, in the mean: utilisation times seconds.
    let work: Double
    /// How much of the load counts as this balancer's own: 0 none, 1 all of it; nil if not known yet.
    let own: Double?
    /// How far the work of single requests lies from the mean, as a variance.
    private let scatter: Double
    /// How far the endpoints differ in the work of requests beyond that, as a variance.
    private let spread: Double

    init(_ snapshot: Snapshot, assumedCost: Double) {
        let loads = snapshot.members.map(\.load).filter {
            $0.report.isFresh(at: snapshot.now, expiry: snapshot.reportExpiry)
        }
        recentUtilisation = loads.reduce(0) { $0 + $1.report.recentUtilisation } / Double(max(1, loads.count))
        let known = loads.map(\.history.moments).filter { $0.work > 0 }
        let sum = known.reduce(into: LoadMoments()) { $0 += $1 }
        work = sum.work
        cost = sum.inFlight > 0 && sum.utilisation > 0 ? sum.utilisation / sum.inFlight : assumedCost
        let (little, enough) = Self.explained
        // Utilisations that never vary say nothing of whose they are.
        let varies = sum.utilisationVariance > 1e-9 * sum.utilisation * sum.utilisation
        own = varies ? max(0, min(1, (sum.explained - little) / (enough - little))) : nil
        (scatter, spread) = Self.variances(known, work: sum.work)
    }

    /// The variances within and between the endpoints: empirical Bayes by moments.
    private static func variances(_ known: [LoadMoments], work: Double) -> (scatter: Double, spread: Double) {
        let evidence = known.reduce(0) { $0 + $1.evidence }
        guard evidence > 0 else { return (0, 0) }
        let scatter = known.reduce(0) { $0 + $1.scatter * $1.evidence } / evidence
        let seen = known.reduce(0) { $0 + ($1.work - work) * ($1.work - work) * $1.evidence }
        return (scatter, max(0, seen - caution * scatter * Double(known.count - 1)) / evidence)
    }

    /// What one request in flight adds to the utilisation of an endpoint.
    ///
    /// What its own requests taught counts as far as the endpoints differ by more than chance, and as its evidence goes.
    func cost(of moments: LoadMoments) -> Double {
        guard moments.work > 0, work > 0, spread > 0, let own else { return cost }
        let certain = own * spread / (spread + scatter / moments.evidence)
        return cost * max(0.01, 1 + certain * (moments.work / work - 1))
    }
}
