// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// When a failed request is tried again, and after how long.
public struct RetryPolicy: Sendable, Hashable {
    /// How often a request is tried in all.
    public var attempts = 5

    /// The longest wait before the second attempt; it doubles with each further one.
    public var firstDelay: Duration = .milliseconds(250)

    /// The longest wait between two attempts.
    public var longestDelay: Duration = .seconds(10)

    /// The longest wait that a registry may ask for with `Retry-After`.
    public var longestRequestedDelay: Duration = .seconds(60)

    /// Makes the default policy.
    public init() {}

    /// The wait before the attempt after the `attempt`-th failure, counted from 1; `nil` to give up.
    ///
    /// Full jitter: a random part of an exponentially growing limit, so that clients that failed together do not come
    /// back together. `requested` is what the registry asked for, and wins.
    func delay(after attempt: Int, requested: Duration?, using generator: inout some RandomNumberGenerator) -> Duration?
    {
        guard attempt < attempts else { return nil }
        if let requested { return requested <= longestRequestedDelay ? requested : nil }
        let limit = min(firstDelay * (1 << min(attempt - 1, 20)), longestDelay)
        return limit * Double.random(in: 0...1, using: &generator)
    }
}
