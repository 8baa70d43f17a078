// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import FoundationEssentials
import SystemPackage

/// The certificates that stand in a directory of a registry's own: authorities to trust, and who this client is.
///
/// The form is Docker's: in a directory named `host` or `host:port`, `*.crt` are authorities, and `NAME.cert` with
/// `NAME.key` is the client's certificate with its key.
///
/// Source: Docker's "Verify repository client with certificates", containers-certs.d(5).
struct HostCertificates: Sendable, Hashable {
    /// The authorities' files.
    var authorities: [String] = []
    /// The client's certificate and its key.
    var client: Client?

    /// A certificate's and a key's file.
    struct Client: Sendable, Hashable {
        var certificate: String
        var key: String
    }

    /// None.
    init() {}

    /// Looks for a host's directory.
    ///
    /// - Throws: ``RegistryError`` with code `untrusted` if a certificate has no key.
    init(for authority: String, in directories: [FilePath]) throws {
        guard !authority.contains("/"), !authority.hasPrefix(".") else { return }
        for directory in directories {
            let place = directory.appending(authority).string
            let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
            for name in names.sorted() {
                if name.hasSuffix(".crt") { authorities.append("\(place)/\(name)") }
                guard client == nil, name.hasSuffix(".cert") else { continue }
                let key = String(name.dropLast("cert".count)) + "key"
                guard names.contains(key) else {
                    throw RegistryError(
                        code: .untrusted,
                        message: "the certificate '\(place)/\(name)' has no key: '\(key)' is missing beside it"
                    )
                }
                client = Client(certificate: "\(place)/\(name)", key: "\(place)/\(key)")
            }
        }
    }
}
