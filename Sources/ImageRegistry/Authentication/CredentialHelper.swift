// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import FoundationEssentials
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A program `docker-credential-<name>` that keeps credentials.
///
/// Source: the protocol of docker-credential-helpers: the verb is the argument, the question comes on standard input,
/// the answer on standard output.
struct CredentialHelper {
    private struct Answer: Codable {
        var ServerURL: String?
        var Username: String?
        var Secret: String?
    }

    let program: String

    /// Names a helper.
    ///
    /// - Throws: ``RegistryError`` with code `credentials` for a name that is a path.
    init(name: String) throws {
        guard !name.isEmpty, !name.contains("/") else {
            throw RegistryError(code: .credentials, message: "'\(name)' is no name of a credential helper")
        }
        program = "docker-credential-\(name)"
    }

    /// The credentials for a registry, if the helper has some.
    func get(_ registry: String) async throws -> Credentials? {
        let result = try await HelperProcess.run(program, "get", input: Array(registry.utf8))
        guard result.succeeded else { return nil }
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(result.output)),
            let user = answer.Username, let secret = answer.Secret
        else {
            throw RegistryError(code: .credentials, message: "the credential helper '\(program)' answers nonsense")
        }
        // The protocol's way to say that the secret is an identity token.
        return user == "<token>"
            ? Credentials(user: "", password: "", identityToken: secret) : Credentials(user: user, password: secret)
    }

    /// Gives the helper credentials to keep.
    func store(_ credentials: Credentials, for registry: String) async throws {
        let answer = Answer(
            ServerURL: registry,
            Username: credentials.identityToken == nil ? credentials.user : "<token>",
            Secret: credentials.identityToken ?? credentials.password
        )
        let input = try [UInt8](JSONEncoder().encode(answer))
        let result = try await HelperProcess.run(program, "store", input: input)
        guard result.succeeded else {
            throw RegistryError(code: .credentials, message: "the credential helper '\(program)' did not keep them")
        }
    }

    /// Makes the helper forget a registry; it need not know it.
    func erase(_ registry: String) async throws {
        _ = try await HelperProcess.run(program, "erase", input: Array(registry.utf8))
    }
}
