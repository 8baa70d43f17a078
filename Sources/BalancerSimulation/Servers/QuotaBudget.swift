// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a server may still use of its share in the present period.
struct QuotaBudget {
    /// Less than this, in core-seconds, is nothing: the clock can't tell it.
    private static let negligible = 1e-9

    private let share: Double
    private let period: Int64
    private var left: Double
    private(set) var periodEnd: Int64

    /// Begins the first period.
    ///
    /// - Parameters:
    ///   - cores: What may be used in the mean.
    ///   - quota: How that is enforced.
    ///   - now: The present time, in nanoseconds.
    init(cores: Double, quota: CPUQuota, startingAt now: Int64) {
        period = max(1, Int64(quota.period * 1e9))
        share = cores * Double(period) / 1e9
        left = share
        periodEnd = now + period
    }

    var isUsedUp: Bool { left <= Self.negligible }

    /// The seconds for which it suffices at this many cores.
    func seconds(at cores: Double) -> Double { cores > 0 ? max(0, left) / cores : .infinity }

    mutating func use(_ coreSeconds: Double) { left -= coreSeconds }

    /// Begins the period that contains `now`, if the present one is over.
    mutating func renew(at now: Int64) {
        guard now >= periodEnd else { return }
        periodEnd += ((now - periodEnd) / period + 1) * period
        left = share
    }
}
