// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// One request, as an access log has it.
public struct HTTPAccessRecord: Sendable {
    /// How a request ended.
    public struct Ending: Hashable, Sendable, CustomStringConvertible {
        /// The ending's stable name.
        public let description: String

        /// The client has the whole answer.
        public static let answered = Ending(description: "answered")
        /// The proxy answered itself, because the request was malformed or exceeded a limit or time.
        public static let rejected = Ending(description: "rejected")
        /// The proxy answered itself, because no endpoint could be reached.
        public static let unavailable = Ending(description: "unavailable")
        /// The endpoint's connection broke, or its answer was malformed.
        public static let upstreamFailed = Ending(description: "upstreamFailed")
        /// The endpoint took too long.
        public static let timedOut = Ending(description: "timedOut")
        /// The client went away, or took none of the answer for too long.
        public static let clientGone = Ending(description: "clientGone")
        /// The connection became a tunnel, such as for WebSocket.
        public static let upgraded = Ending(description: "upgraded")
    }

    /// When the request came, in seconds since 1970.
    public var unixTime: Double
    /// The client's address, if it has one.
    public var client: StreamAddress?
    /// The method.
    public var method: String
    /// The target as it is forwarded: the path with its query.
    public var target: String
    /// The host that the client named; empty if none.
    public var host: String
    /// `HTTP/1.0`, `HTTP/1.1` or `HTTP/2`.
    public var version: String
    /// Whether the client came over TLS.
    public var isSecure: Bool
    /// The status that the client got; 0 if it got none.
    public var status: Int
    /// Bytes of the request that were sent to the endpoint, its head among them.
    public var requestBytes: UInt64
    /// Bytes of the answer's body.
    public var answerBytes: UInt64
    /// From the request's head to the end.
    public var duration: Duration
    /// From the request's head to the answer's; nil if none came.
    public var firstByte: Duration?
    /// The name of the endpoint that answered, or failed last; nil if none was found.
    public var endpoint: String?
    /// How often the request was sent or tried to be sent.
    public var attempts: Int
    /// How the request ended.
    public var ending: Ending
}
