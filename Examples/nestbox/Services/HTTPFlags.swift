// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox
import SystemPackage

/// The flags that let a service's ports speak HTTP, so that each request is balanced for itself.
struct HTTPFlags: ParsableArguments {
    @Flag(
        help: "Speak HTTP/1.1 and HTTP/2 at the ports, and balance each request; whole connections without this."
    )
    var http = false

    @Option(name: .customLong("tls-cert"), help: "Encrypt: a PEM file with the certificate and those above it.")
    var certificate: String?

    @Option(name: .customLong("tls-key"), help: "Encrypt: a PEM file with the certificate's key.")
    var privateKey: String?

    @Option(name: .customLong("session-cookie"), help: "Bind a client to its container by a cookie of this name.")
    var cookie: String?

    @Option(
        name: .customLong("hash-by"),
        help: "What ring-hash and maglev keep together: path, source, the default, header:NAME or cookie:NAME."
    )
    var hashBy: String?

    @Option(help: "The most attempts for a request, where another is safe; 5 by default.")
    var attempts: Int?

    @Option(
        name: .customLong("request-timeout"),
        help: "How many seconds a request may go on, its answer with it; without end by default."
    )
    var timeout: Int?

    @Option(
        name: .customLong("request-wait"),
        help: "How many seconds a request waits while no container takes it; 30 by default."
    )
    var wait: Int?

    @Flag(
        name: .customLong("upstream-http2"),
        help: "Speak HTTP/2 with the containers, without encryption, as gRPC needs it; HTTP/1.1 otherwise."
    )
    var speaksHTTP2 = false

    @Flag(name: .customLong("access-log"), help: "Note each request, for service logs --access.")
    var logsRequests = false

    /// What the flags say; `nil` if HTTP is not to be spoken.
    func options() throws -> HTTPOptions? {
        guard http else {
            let others: [Any?] = [certificate, privateKey, cookie, hashBy, attempts, timeout, wait]
            guard others.allSatisfy({ $0 == nil }), !logsRequests, !speaksHTTP2 else {
                throw ValidationError(
                    "certificates, cookies, hashes, attempts, times, HTTP/2 upstream and the access log need --http"
                )
            }
            return nil
        }
        var options = HTTPOptions()
        options.certificate = certificate.map { HostPath.absolute($0).string }
        options.privateKey = privateKey.map { HostPath.absolute($0).string }
        options.sessionCookie = cookie
        if let hashBy { options.hashBy = hashBy }
        if let attempts { options.attempts = attempts }
        options.timeout = timeout
        if let wait { options.wait = wait }
        options.speaksHTTP2 = speaksHTTP2
        options.logsRequests = logsRequests
        return options
    }
}
