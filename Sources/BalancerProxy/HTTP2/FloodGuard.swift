// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Bounds what an HTTP/2 client may make a proxy do without asking for anything: resets, settings, pings, empty frames.
///
/// Each costs a token; tokens come back by the second. A client that has none left is cut off (ENHANCE_YOUR_CALM,
/// RFC 9113 section 10.5; rapid reset is CVE-2023-44487).
struct FloodGuard {
    private let most: Double
    private let perSecond: Double
    private var tokens: Double
    private var last: UInt64

    /// - Parameters:
    ///   - most: How many may come at once.
    ///   - perSecond: How many may come each second in the long run.
    ///   - now: The present time in nanoseconds.
    init(most: Double, perSecond: Double, now: UInt64) {
        self.most = most
        self.perSecond = perSecond
        tokens = most
        last = now
    }

    /// Takes a token.
    ///
    /// - Parameter now: The present time in nanoseconds.
    /// - Returns: False if there was none.
    mutating func take(at now: UInt64) -> Bool {
        tokens = min(most, tokens + Double(now &- last) * 1e-9 * perSecond)
        last = now
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}
