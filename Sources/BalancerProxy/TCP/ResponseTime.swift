// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How long an endpoint took to its first byte: since the client's first byte, or since the connection was made if the
/// endpoint speaks first.
struct ResponseTime {
    private var since: UInt64 = 0
    private var hasRequest = false
    private var answered: UInt64?

    /// The connection was made.
    mutating func begin(at now: UInt64) {
        since = now
    }

    /// Bytes went to the endpoint.
    mutating func noteRequest(at now: UInt64) {
        guard !hasRequest, answered == nil else { return }
        hasRequest = true
        since = now
    }

    /// Bytes came from the endpoint.
    mutating func noteAnswer(at now: UInt64) {
        guard answered == nil else { return }
        answered = now &- since
    }

    /// The time to the first byte; nil if none came.
    var latency: Duration? {
        answered.map { .nanoseconds(Int64(clamping: $0)) }
    }
}
