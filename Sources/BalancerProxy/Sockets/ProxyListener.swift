// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A listener with what its clients must speak before anything else.
public struct ProxyListener: Sendable {
    /// Where clients connect to.
    public let socket: TCPListener
    /// By what certificate connections are encrypted; they are not if nil.
    public let tls: TLSServer?
    /// Whether each connection begins with a PROXY header, version 1 or 2, that names the client behind another proxy.
    ///
    /// One without it is closed, for else any client could claim to be another.
    public let requiresProxyHeader: Bool

    /// Describes a listener.
    ///
    /// - Parameters:
    ///   - socket: Where clients connect to.
    ///   - tls: By what certificate connections are encrypted.
    ///   - requiresProxyHeader: Whether each connection begins with a PROXY header.
    public init(_ socket: TCPListener, tls: TLSServer? = nil, requiresProxyHeader: Bool = false) {
        self.socket = socket
        self.tls = tls
        self.requiresProxyHeader = requiresProxyHeader
    }
}
