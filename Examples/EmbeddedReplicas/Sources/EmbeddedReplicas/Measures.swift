// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What has to be remembered of each replica from one look to the next.
struct Measures {
    private struct Use {
        var used: Duration
        var at: ContinuousClock.Instant
    }

    /// The processors that one replica may use.
    let allowance: Double
    private var uses: [String: Use] = [:]
    private var shares: [String: Double] = [:]
    private var haveServed: Set<String> = []

    /// From one look at a replica's control groups to the next.
    private static let period = Duration.seconds(1)

    init(allowance: Double) {
        self.allowance = allowance
    }

    /// Takes note of those that clients are sent to.
    mutating func keep(_ serving: Set<String>) {
        haveServed.formUnion(serving)
    }

    /// Where a replica is in its life.
    func state(of identifier: String, isServing: Bool) -> String {
        isServing ? "serving" : haveServed.contains(identifier) ? "leaving" : "starting"
    }

    /// The share of its processors that a replica has used of late.
    ///
    /// - Parameters:
    ///   - identifier: The replica.
    ///   - now: The present moment.
    ///   - look: The processor time that it has used so far; asked once a second.
    /// - Returns: 1 stands for all that it may use.
    mutating func share(of identifier: String, at now: ContinuousClock.Instant, look: () -> Duration?) -> Double {
        let last = uses[identifier]
        if last.map({ now - $0.at >= Self.period }) ?? true, let used = look() {
            if let last { shares[identifier] = max(0, (used - last.used) / (now - last.at) / allowance) }
            uses[identifier] = Use(used: used, at: now)
        }
        return shares[identifier] ?? 0
    }
}
