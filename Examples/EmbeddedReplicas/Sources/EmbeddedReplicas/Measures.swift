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
    /// The last looks at its processor time, the oldest first.
    private var uses: [String: [Use]] = [:]
    private var haveServed: Set<String> = []

    /// Over how many looks its share is taken: about a second.
    private static let looks = 5

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
    mutating func share(of identifier: String, used: Duration, at now: ContinuousClock.Instant) -> Double {
        var looks = uses[identifier] ?? []
        looks.append(Use(used: used, at: now))
        looks = looks.suffix(Self.looks)
        uses[identifier] = looks
        guard let first = looks.first, now > first.at else { return 0 }
        return max(0, (used - first.used) / (now - first.at) / allowance)
    }
}
