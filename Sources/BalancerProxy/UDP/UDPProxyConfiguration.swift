// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How a ``UDPProxy`` treats its clients.
public struct UDPProxyConfiguration: Sendable {
    /// How many clients may have an endpoint at once; datagrams of further ones are dropped.
    ///
    /// 20,000 by default. Each takes a descriptor: keep it under the process's limit.
    public var maxFlows: Int = 20_000
    /// After how long without a datagram in either direction a client's endpoint is forgotten; 60 seconds by default.
    public var idleTimeout: Duration = .seconds(60)
    /// The same for a client that its endpoint has not answered yet; 10 seconds by default.
    ///
    /// Shorter, because who sends under many false addresses is not answered.
    public var answerTimeout: Duration = .seconds(10)
    /// After how many answers a client's endpoint is forgotten, so that each question is balanced for itself: 1 for DNS;
    /// after none by default.
    public var answersPerFlow: Int?
    /// How many endpoints are tried for a client's first datagram before it is dropped; 3 by default.
    ///
    /// Another is tried only where the kernel says that no one listens, so that no program gets a datagram twice.
    public var maxAttempts: Int = 3
    /// How many bytes of first datagrams are kept for all clients together, for an endpoint to come or another one; 16 MiB
    /// by default.
    ///
    /// Beyond it, who has no endpoint loses them, and who has one is not sent to another if it refuses.
    public var maxKeptBytes: Int = 16 << 20
    /// How long a client's first datagrams are kept while there is no endpoint, such as while the first replica starts;
    /// not at all by default.
    public var endpointWait: Duration = .zero
    /// After how long without a datagram a client is let go whose endpoint drains, or whose proxy stops; 1 second by
    /// default.
    public var quietTime: Duration = .seconds(1)
    /// How long clients may go on after a graceful shutdown began; 10 seconds by default.
    public var drainTimeout: Duration = .seconds(10)

    /// Creates a configuration of the defaults.
    public init() {}

    /// Refuses values out of range.
    func validate() throws(ProxyError) {
        try Self.require(maxFlows > 0, "maxFlows must be at least 1, not \(maxFlows)")
        try Self.require(maxKeptBytes >= 0, "maxKeptBytes must not be negative, not \(maxKeptBytes)")
        try Self.require(maxAttempts > 0, "maxAttempts must be at least 1, not \(maxAttempts)")
        try Self.require(idleTimeout > .zero, "idleTimeout must be positive, not \(idleTimeout)")
        try Self.require(answerTimeout > .zero, "answerTimeout must be positive, not \(answerTimeout)")
        try Self.require(endpointWait >= .zero, "endpointWait must not be negative, not \(endpointWait)")
        try Self.require(quietTime > .zero, "quietTime must be positive, not \(quietTime)")
        try Self.require(drainTimeout >= .zero, "drainTimeout must not be negative, not \(drainTimeout)")
        if let answersPerFlow {
            try Self.require(answersPerFlow > 0, "answersPerFlow must be at least 1, not \(answersPerFlow)")
        }
    }

    private static func require(_ condition: Bool, _ message: String) throws(ProxyError) {
        guard condition else { throw ProxyError(.invalidConfiguration, message) }
    }
}
