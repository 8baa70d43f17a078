// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a proxy speaks with its endpoints.
public struct UpstreamProtocol: Hashable, Sendable {
    enum Kind {
        case http1
        case http2
        case negotiated
    }

    let kind: Kind

    /// HTTP/1.1: a connection for each request at a time.
    public static let http1 = UpstreamProtocol(kind: .http1)

    /// HTTP/2: many requests share a connection.
    ///
    /// Without encryption it is spoken from the first byte ("prior knowledge", RFC 9113 section 3.3), with it the
    /// endpoint must agree by ALPN; one that does not counts as one that can't be reached. What asks for an upgrade, such
    /// as to WebSocket, is sent as a request without one.
    public static let http2 = UpstreamProtocol(kind: .http2)

    /// HTTP/2 with endpoints that agree to it by ALPN, and HTTP/1.1 with others and without encryption.
    public static let negotiated = UpstreamProtocol(kind: .negotiated)
}
