// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The certificate by which a proxy's listener proves who it is; connections to it are encrypted.
public struct TLSServer: Sendable {
    let context: TLSContext
    let allowsHTTP2: Bool

    /// Reads a certificate and its key.
    ///
    /// - Parameters:
    ///   - certificateChain: The path of a PEM file with the certificate, and behind it those that vouch for it.
    ///   - privateKey: The path of a PEM file with the certificate's key.
    ///   - minimumVersion: The oldest version of TLS that clients may speak.
    ///   - allowsHTTP2: Whether HTTP/2 is offered by ALPN.
    /// - Throws: ``ProxyError`` with code `invalidCertificate` if a file can't be read or the two don't belong together.
    public init(
        certificateChain: String,
        privateKey: String,
        minimumVersion: TLSVersion = .v1_2,
        allowsHTTP2: Bool = true
    ) throws(ProxyError) {
        self.allowsHTTP2 = allowsHTTP2
        context = try TLSContext.server(
            chain: certificateChain,
            key: privateKey,
            minimum: minimumVersion,
            http2: allowsHTTP2
        )
    }
}
