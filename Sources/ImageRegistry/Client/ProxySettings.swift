// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Which proxy to use for which host.
public struct ProxySettings: Sendable, Hashable {
    /// The proxy for encrypted requests, as `http://host:port`.
    public var secure: String?

    /// The proxy for other requests.
    public var plain: String?

    /// Hosts that are reached directly: names, domains with all that is in them, addresses, or `*`.
    public var exceptions: [String]

    /// Makes settings; without arguments, those of a direct connection.
    public init(secure: String? = nil, plain: String? = nil, exceptions: [String] = []) {
        self.secure = secure
        self.plain = plain
        self.exceptions = exceptions
    }

    /// What `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` say, in capitals or not.
    public static var environment: ProxySettings {
        func value(_ name: String) -> String? {
            for key in [name, name.lowercased()] {
                if let text = getenv(key).map({ String(cString: $0) }), !text.isEmpty { return text }
            }
            return nil
        }
        let exceptions = value("NO_PROXY")?.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init)
        return ProxySettings(
            secure: value("HTTPS_PROXY"),
            plain: value("HTTP_PROXY"),
            exceptions: exceptions ?? []
        )
    }

    /// The proxy for a URL, if it needs one.
    func proxy(for url: RegistryURL) -> (host: String, port: Int)? {
        guard !url.isLoopback, !exceptions.contains(where: { Self.covers($0, url.host) }) else { return nil }
        guard let text = url.scheme == "https" ? secure : plain else { return nil }
        guard let proxy = RegistryURL(text.contains("://") ? text : "http://\(text)") else { return nil }
        let port = proxy.authority.split(separator: ":").last.flatMap { Int($0) }
        return (proxy.host, port ?? (proxy.scheme == "https" ? 443 : 80))
    }

    private static func covers(_ exception: String, _ host: String) -> Bool {
        if exception == "*" { return true }
        let domain = exception.hasPrefix(".") ? String(exception.dropFirst()) : exception
        return host == domain || host.hasSuffix(".\(domain)")
    }
}
