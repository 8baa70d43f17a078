// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a balancer has to do by the clock, and when.
struct Schedule: Sendable {
    /// How often weights are reckoned anew while an endpoint starts slowly.
    private static let rampStep = Duration.milliseconds(100)

    private let refreshInterval: Duration?
    private let sweepInterval: Duration?
    /// When the plan was last made.
    var published: Timestamp
    private var swept: Timestamp

    init(refreshInterval: Duration?, sweepInterval: Duration?, now: Timestamp) {
        self.refreshInterval = refreshInterval
        self.sweepInterval = sweepInterval
        published = now
        swept = now
    }

    /// Whether an interval of outlier detection ends; if so the next one begins.
    mutating func takeSweep(at now: Timestamp) -> Bool {
        guard let sweepInterval else { return false }
        if now < swept { swept = now }
        guard now >= swept + sweepInterval else { return false }
        swept = now
        return true
    }

    /// Whether the plan has to be made anew though no endpoint changed.
    func isStale(at now: Timestamp, isRamping: Bool) -> Bool {
        guard let interval = interval(isRamping: isRamping) else { return false }
        return now >= published + interval || now < published
    }

    /// The next instant at which something is due.
    func next(isRamping: Bool, readmission: Timestamp?) -> Timestamp? {
        let instants = [
            interval(isRamping: isRamping).map { published + $0 },
            sweepInterval.map { swept + $0 },
            readmission,
        ]
        return instants.compactMap { $0 }.min()
    }

    private func interval(isRamping: Bool) -> Duration? {
        isRamping ? min(Self.rampStep, refreshInterval ?? Self.rampStep) : refreshInterval
    }
}
