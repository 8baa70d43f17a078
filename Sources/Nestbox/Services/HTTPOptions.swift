// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import BalancerProxy

/// How a service's published ports speak HTTP with clients, so that each request is balanced for itself.
public struct HTTPOptions: Sendable, Hashable, Codable {
    /// The path of a PEM file with the certificate that clients are shown, and behind it those that vouch for it;
    /// connections are not encrypted where `nil`.
    public var certificate: String?
    /// The path of a PEM file with the certificate's key.
    public var privateKey: String?
    /// The name of a cookie that binds a client to the container that served it first; none by default.
    public var sessionCookie: String?
    /// What of a request the policies `ring-hash` and `maglev` keep together: `path`, `source`, `header:NAME` or
    /// `cookie:NAME`.
    public var hashBy = "source"
    /// The most attempts for one request, the first among them.
    public var attempts = 5
    /// For how many seconds a request may go on, its answer with it; without end where `nil`.
    public var timeout: Int?
    /// How long, in seconds, a request waits for a container while there is none that takes it.
    public var wait = 30
    /// Whether HTTP/2 is spoken with the containers, from the first byte and without encryption, as gRPC's servers do;
    /// HTTP/1.1 is otherwise.
    public var speaksHTTP2 = false
    /// Whether each request is noted in the service's access log.
    public var logsRequests = false

    /// Creates options of the defaults.
    public init() {}

    func validate() throws(NestboxError) {
        guard (certificate == nil) == (privateKey == nil) else {
            throw NestboxError(.invalidSpecification, "encryption needs both a certificate and its key")
        }
        for path in [certificate, privateKey].compactMap(\.self) {
            guard path.hasPrefix("/") else {
                throw NestboxError(.invalidSpecification, "'\(path)' must be an absolute path")
            }
        }
        guard (1...100).contains(attempts), (0...86_400).contains(wait), (1...86_400).contains(timeout ?? 1) else {
            throw NestboxError(
                .invalidSpecification,
                "a request has 1 to 100 attempts, and waits or goes on for at most a day"
            )
        }
        guard key != nil else {
            throw NestboxError(
                .invalidSpecification,
                "requests are kept together by path, source, header:NAME or cookie:NAME, not by '\(hashBy)'"
            )
        }
    }

    private var key: RequestKey? {
        switch hashBy {
        case "path": .path
        case "source": .sourceAddress
        case let text where text.hasPrefix("header:") && text.utf8.count > 7: .header(String(text.dropFirst(7)))
        case let text where text.hasPrefix("cookie:") && text.utf8.count > 7: .cookie(String(text.dropFirst(7)))
        default: nil
        }
    }

    /// What these options say to a proxy.
    ///
    /// - Parameter log: Takes note of each request.
    /// - Returns: The proxy's configuration.
    func configuration(log: AccessLog?) -> HTTPProxyConfiguration {
        var configuration = HTTPProxyConfiguration()
        configuration.endpointWait = .seconds(wait)
        configuration.retries.maxAttempts = attempts
        configuration.timeouts.total = timeout.map { .seconds($0) }
        configuration.sessionCookie = sessionCookie
        if speaksHTTP2 { configuration.upstreamProtocol = .http2 }
        configuration.keys = [key ?? .sourceAddress]
        if let log { configuration.accessLog = log.note }
        return configuration
    }

    /// By what connections are encrypted.
    ///
    /// - Throws: `ProxyError` if a file can't be read.
    func encryption() throws -> TLSServer? {
        guard let certificate, let privateKey else { return nil }
        return try TLSServer(certificateChain: certificate, privateKey: privateKey)
    }
}

extension HTTPOptions {
    /// Reads options; what those of an earlier version do not say is as by default.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        try values.read(.certificate, into: &certificate)
        try values.read(.privateKey, into: &privateKey)
        try values.read(.sessionCookie, into: &sessionCookie)
        try values.read(.hashBy, into: &hashBy)
        try values.read(.attempts, into: &attempts)
        try values.read(.timeout, into: &timeout)
        try values.read(.wait, into: &wait)
        try values.read(.speaksHTTP2, into: &speaksHTTP2)
        try values.read(.logsRequests, into: &logsRequests)
    }
}
