// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import Balancer

/// When a request is sent again, to another endpoint where there is one.
///
/// A request goes again only if that can do no harm: it could not be sent at all, or its method is idempotent
/// (RFC 9110 section 9.2.2), nothing of an answer has come, and all of it is still in memory.
public struct HTTPRetries: Sendable {
    /// The most attempts for one request, the first among them; 3 by default, 1 for no retries.
    public var maxAttempts: Int = 3
    /// Which share of requests may be retried, on each of the proxy's threads, so that retries never multiply an
    /// overload.
    public var budget = RetryBudget()
    /// How many bytes of a request are kept for another attempt; 64 KiB by default.
    public var replayBytes: Int = 65_536

    /// Creates the defaults.
    public init() {}

    func validate() throws(ProxyError) {
        guard maxAttempts >= 1 else {
            throw ProxyError(.invalidConfiguration, "retries.maxAttempts must be at least 1, not \(maxAttempts)")
        }
        guard replayBytes >= 0 else {
            throw ProxyError(.invalidConfiguration, "retries.replayBytes must not be negative")
        }
    }
}
