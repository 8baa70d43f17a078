// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How a proxy encrypts its connections to endpoints.
public struct TLSClient: Sendable {
    let context: TLSContext
    let serverName: String?
    let verifies: Bool

    /// Sets up encryption towards endpoints.
    ///
    /// - Parameters:
    ///   - trust: Whose certificates are believed.
    ///   - serverName: The name that endpoints' certificates must be for; required unless anyone is trusted.
    ///   - minimumVersion: The oldest version of TLS that endpoints may speak.
    /// - Throws: ``ProxyError`` if the trusted certificates can't be read, or a name is missing.
    public init(
        trust: TLSTrust = .system,
        serverName: String?,
        minimumVersion: TLSVersion = .v1_2
    ) throws(ProxyError) {
        guard serverName != nil || trust == .anyone else {
            throw ProxyError(
                .invalidConfiguration,
                "a certificate can be checked only for a name; state serverName, or trust anyone"
            )
        }
        self.serverName = serverName
        verifies = trust != .anyone
        context = try TLSContext.client(trust: trust, minimum: minimumVersion)
    }

    /// Begins a session on a socket that is connected; nil without memory.
    ///
    /// - Parameters:
    ///   - descriptor: The socket.
    ///   - protocols: What is offered to be spoken.
    /// - Returns: The session, whose handshake is to be made.
    func session(on descriptor: CInt, offering protocols: UpstreamProtocol) -> TLSSession? {
        guard let session = context.session(on: descriptor),
            session.connect(name: serverName, verifies: verifies), session.offer(protocols)
        else { return nil }
        return session
    }
}
