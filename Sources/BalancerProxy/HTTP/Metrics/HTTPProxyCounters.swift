// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What an ``HTTPProxy`` has done, at one moment.
public struct HTTPProxyCounters: Hashable, Sendable {
    /// Clients that were accepted.
    public var accepted: UInt64 = 0
    /// Clients that are connected.
    public var active = 0
    /// Requests that wait for an endpoint.
    public var waiting = 0
    /// Answers by the first digit of their status: 1 for 100 to 199, and so on; those that the proxy gave itself among
    /// them.
    public var answers: [Int: UInt64] = [:]
    /// Requests that were refused because they were malformed, exceeded a limit or came too slowly.
    public var rejected: UInt64 = 0
    /// Requests for which no endpoint could be reached.
    public var unavailable: UInt64 = 0
    /// Requests that ended because an endpoint's connection broke or its answer was malformed.
    public var upstreamFailed: UInt64 = 0
    /// Requests that ended because an endpoint took too long.
    public var timedOut: UInt64 = 0
    /// Requests whose client went away.
    public var clientGone: UInt64 = 0
    /// Connections that became tunnels.
    public var upgraded: UInt64 = 0
    /// Attempts after the first.
    public var retries: UInt64 = 0
    /// Bytes of answers' bodies.
    public var answerBytes: UInt64 = 0
    /// Bytes of requests, their heads among them.
    public var requestBytes: UInt64 = 0
    /// How long requests took, from head to end.
    public var latency = LatencyBuckets()
    /// What each endpoint has done, by its name.
    public var endpoints: [String: HTTPEndpointCounters] = [:]

    /// Requests that have ended, in whatever way.
    public var requests: UInt64 { latency.counts.reduce(0, +) }

    mutating func count(status: Int) {
        answers[status / 100, default: 0] += 1
    }

    package mutating func add(_ other: HTTPProxyCounters) {
        accepted += other.accepted
        active += other.active
        waiting += other.waiting
        answers.merge(other.answers, uniquingKeysWith: +)
        rejected += other.rejected
        unavailable += other.unavailable
        upstreamFailed += other.upstreamFailed
        timedOut += other.timedOut
        clientGone += other.clientGone
        upgraded += other.upgraded
        retries += other.retries
        answerBytes += other.answerBytes
        requestBytes += other.requestBytes
        latency.add(other.latency)
        endpoints.merge(other.endpoints) { $0.adding($1) }
    }
}

/// What one endpoint has done behind an ``HTTPProxy``.
public struct HTTPEndpointCounters: Hashable, Sendable {
    /// Requests that are with the endpoint.
    public var active = 0
    /// Requests that were sent to it.
    public var requests: UInt64 = 0
    /// Requests that failed on it: no connection, no answer, a malformed one, or one that broke off.
    public var failed: UInt64 = 0
    /// Connections that were made to it.
    public var connected: UInt64 = 0
    /// Load reports that it has sent with its answers.
    public var loadReports: UInt64 = 0

    func adding(_ other: HTTPEndpointCounters) -> HTTPEndpointCounters {
        HTTPEndpointCounters(
            active: active + other.active,
            requests: requests + other.requests,
            failed: failed + other.failed,
            connected: connected + other.connected,
            loadReports: loadReports + other.loadReports
        )
    }
}
