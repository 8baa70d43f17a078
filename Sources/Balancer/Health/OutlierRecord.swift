// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What outlier detection remembers of one endpoint.
struct OutlierRecord: Sendable {
    /// When it comes back; nil while it is in.
    private(set) var ejectedUntil: Timestamp?
    /// How often it was ejected, less one for each interval without.
    private(set) var times = 0

    var isEjected: Bool { ejectedUntil != nil }

    mutating func eject(at now: Timestamp, by detection: OutlierDetection) {
        times += 1
        ejectedUntil = now + detection.ejectionTime(times: times)
    }

    /// Lets it back in if its time is over.
    ///
    /// - Returns: Whether it came back.
    mutating func readmit(at now: Timestamp) -> Bool {
        guard let until = ejectedUntil, now >= until else { return false }
        ejectedUntil = nil
        return true
    }

    /// An interval went by in which it stayed in.
    mutating func forgive() {
        if !isEjected { times = max(0, times - 1) }
    }
}
