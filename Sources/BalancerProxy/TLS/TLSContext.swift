// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import COpenSSL

/// What sessions of one kind share: certificate, trust and protocol versions.
///
/// Sendable because OpenSSL counts and locks a context's references itself, and nothing of it is changed after `init`.
final class TLSContext: @unchecked Sendable {
    private let context: OpaquePointer

    private init(_ method: OpaquePointer?, minimum: TLSVersion) throws(ProxyError) {
        guard let context = SSL_CTX_new(method) else {
            throw ProxyError(.systemFailure, "TLS could not be set up", cause: TLSLibraryError.take())
        }
        self.context = context
        copenssl_set_modes(context)
        guard copenssl_set_minimum_version(context, minimum.number) == 1 else {
            throw ProxyError(.systemFailure, "the TLS version is not offered here", cause: TLSLibraryError.take())
        }
    }

    deinit {
        SSL_CTX_free(context)
    }

    /// Sets up the server's side.
    static func server(chain: String, key: String, minimum: TLSVersion, http2: Bool) throws(ProxyError) -> TLSContext {
        let made = try TLSContext(TLS_server_method(), minimum: minimum)
        guard SSL_CTX_use_certificate_chain_file(made.context, chain) == 1 else {
            throw ProxyError(
                .invalidCertificate,
                "the certificates in \(chain) can't be used",
                cause: TLSLibraryError.take()
            )
        }
        guard SSL_CTX_use_PrivateKey_file(made.context, key, SSL_FILETYPE_PEM) == 1,
            SSL_CTX_check_private_key(made.context) == 1
        else {
            throw ProxyError(
                .invalidCertificate,
                "the private key in \(key) can't be used with the certificate in \(chain)",
                cause: TLSLibraryError.take()
            )
        }
        copenssl_offer_protocols(made.context, http2 ? 1 : 0)
        return made
    }

    /// Sets up the client's side.
    static func client(trust: TLSTrust, minimum: TLSVersion) throws(ProxyError) -> TLSContext {
        let made = try TLSContext(TLS_client_method(), minimum: minimum)
        var isSet: CInt = 1
        switch trust.kind {
        case .system: isSet = SSL_CTX_set_default_verify_paths(made.context)
        case .file(let path): isSet = SSL_CTX_load_verify_locations(made.context, path, nil)
        case .none: break
        }
        guard isSet == 1 else {
            throw ProxyError(
                .invalidCertificate,
                "the trusted certificates can't be read",
                cause: TLSLibraryError.take()
            )
        }
        SSL_CTX_set_verify(made.context, trust.kind == .none ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nil)
        return made
    }

    /// Begins a session on a socket; nil without memory.
    func session(on descriptor: CInt) -> TLSSession? {
        guard let session = SSL_new(context) else { return nil }
        guard SSL_set_fd(session, descriptor) == 1 else {
            SSL_free(session)
            return nil
        }
        return TLSSession(session)
    }
}
