// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How long each phase of a request may take.
public struct HTTPTimeouts: Hashable, Sendable {
    /// From a request's first byte to the end of its headers; 10 seconds by default.
    ///
    /// Then the client is answered 408.
    public var requestHead: Duration = .seconds(10)
    /// Between two pieces of a request's body while the proxy waits for one; 30 seconds by default.
    ///
    /// Then 408.
    public var requestBodyIdle: Duration = .seconds(30)
    /// The fewest bytes per second that a request's body must come with, on the average after its first five seconds;
    /// 240 by default, 0 for any.
    ///
    /// Then 408.
    public var requestBodyRate: Int = 240
    /// Between an answer and the client's next request; 60 seconds by default.
    ///
    /// Then the connection is closed.
    public var keepAlive: Duration = .seconds(60)
    /// For one attempt to connect to an endpoint; 5 seconds by default.
    ///
    /// Then another is tried, at last 504.
    public var connect: Duration = .seconds(5)
    /// From the request's last byte to the answer's headers; 60 seconds by default.
    ///
    /// Then 504.
    public var firstByte: Duration = .seconds(60)
    /// Between two pieces of an answer, and while a client takes none of it; 60 seconds by default.
    ///
    /// Then the answer breaks off.
    public var answerIdle: Duration = .seconds(60)
    /// For a request with its answer, from the first byte on; not bounded by default.
    ///
    /// Then 504, or the answer breaks off.
    public var total: Duration?
    /// Without a byte in either direction after an upgrade, such as to WebSocket; 1 hour by default.
    public var tunnelIdle: Duration = .seconds(3600)
    /// For a client's TLS handshake and PROXY header; 10 seconds by default.
    public var handshake: Duration = .seconds(10)

    /// Creates the defaults.
    public init() {}

    func validate() throws(ProxyError) {
        let all: [(String, Duration)] = [
            ("requestHead", requestHead), ("requestBodyIdle", requestBodyIdle), ("keepAlive", keepAlive),
            ("connect", connect), ("firstByte", firstByte), ("answerIdle", answerIdle), ("tunnelIdle", tunnelIdle),
            ("handshake", handshake), ("total", total ?? .seconds(1)),
        ]
        for (name, value) in all where value <= .zero {
            throw ProxyError(.invalidConfiguration, "timeouts.\(name) must be positive, not \(value)")
        }
        guard requestBodyRate >= 0 else {
            throw ProxyError(.invalidConfiguration, "timeouts.requestBodyRate must not be negative")
        }
    }
}
