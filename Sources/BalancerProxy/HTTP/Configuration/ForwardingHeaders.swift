// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What endpoints are told of where a request came from.
public struct ForwardingHeaders: Hashable, Sendable {
    /// What happens to such headers that a client has sent itself.
    public struct ClientHeaders: Hashable, Sendable {
        private let raw: UInt8

        /// They are removed: what the endpoint reads is what the proxy saw.
        public static let replace = ClientHeaders(raw: 0)
        /// The proxy's own are added behind them; only right where every client is a proxy that can be trusted.
        public static let append = ClientHeaders(raw: 1)
    }

    /// What happens to such headers that a client has sent itself; they are replaced by default, because anyone can
    /// write anything into them.
    public var clientHeaders: ClientHeaders = .replace
    /// Whether `X-Forwarded-For`, `-Proto` and `-Host` are sent; true by default.
    public var sendsXForwarded = true
    /// Whether `Forwarded` (RFC 7239) is sent; false by default.
    public var sendsForwarded = false
    /// The name by which the proxy stands in `Via`, in requests and answers; `nestbox` by default, none is sent if nil.
    public var via: String? = "nestbox"

    /// Creates the defaults.
    public init() {}

    func validate() throws(ProxyError) {
        guard let via else { return }
        guard !via.isEmpty, via.utf8.allSatisfy(ASCII.isToken) else {
            throw ProxyError(.invalidConfiguration, "forwarding.via must be a token such as a name, not '\(via)'")
        }
    }
}
