// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import FoundationEssentials
public import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The credentials in Docker's `config.json`, and in the helpers it names.
///
/// Source: Docker's documentation, "docker login", sections "Credential stores" and "Credential helpers".
public struct DockerConfigurationFile: CredentialSource {
    /// The file.
    public let path: FilePath

    /// Uses a file; by default the one in `$DOCKER_CONFIG`, or else in `~/.docker`.
    public init(path: FilePath? = nil) {
        self.path = path ?? Self.defaultPath
    }

    private static var defaultPath: FilePath {
        func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
        if let directory = variable("DOCKER_CONFIG"), !directory.isEmpty {
            return FilePath(directory).appending("config.json")
        }
        return FilePath(variable("HOME") ?? "/").appending(".docker").appending("config.json")
    }

    /// What the file, or the helper it names for this registry, knows.
    ///
    /// - Throws: ``RegistryError`` with code `credentials` if the file or the helper can't be used.
    public func credentials(for registry: String) async throws -> Credentials? {
        let file = try read()
        let keys = Self.keys(for: registry)
        for key in keys {
            if let name = file.helper(for: key) {
                if let found = try await CredentialHelper(name: name).get(key) { return found }
            }
        }
        return keys.lazy.compactMap { file.auths?[$0]?.credentials }.first
    }
}

extension DockerConfigurationFile {
    /// Whether a helper keeps this registry's credentials, and not the file itself.
    ///
    /// - Throws: ``RegistryError`` with code `credentials` if the file can't be read.
    public func usesHelper(for registry: String) throws -> Bool {
        try read().helper(for: Self.keys(for: registry)[0]) != nil
    }

    /// Keeps credentials for a registry, in the helper that the file names or else in the file itself.
    ///
    /// The file then holds the password merely encoded, as Docker's does; it is readable by its owner alone.
    ///
    /// - Throws: ``RegistryError`` with code `credentials`.
    public func store(_ credentials: Credentials, for registry: String) async throws {
        let key = Self.keys(for: registry)[0]
        if let helper = try read().helper(for: key) {
            return try await CredentialHelper(name: helper).store(credentials, for: key)
        }
        try change { auths in auths[key] = Entry(credentials).object }
    }

    /// Forgets the credentials for a registry.
    ///
    /// - Throws: ``RegistryError`` with code `credentials`.
    public func erase(_ registry: String) async throws {
        let keys = Self.keys(for: registry)
        let file = try read()
        for key in keys {
            if let helper = file.helper(for: key) { try await CredentialHelper(name: helper).erase(key) }
        }
        try change { auths in for key in keys { auths[key] = nil } }
    }

    /// The names under which a registry may be listed, the usual one first.
    static func keys(for registry: String) -> [String] {
        let isHub = ["docker.io", "index.docker.io", "registry-1.docker.io"].contains(registry)
        let hub = ["https://index.docker.io/v1/", "index.docker.io", "docker.io"]
        return (isHub ? hub : []) + [registry, "https://\(registry)", "https://\(registry)/v1/", "http://\(registry)"]
    }
}

extension DockerConfigurationFile {
    private struct Contents: Decodable {
        var auths: [String: Entry]?
        var credHelpers: [String: String]?
        var credsStore: String?

        func helper(for key: String) -> String? { credHelpers?[key] ?? credsStore }
    }

    private struct Entry: Decodable {
        var auth: String?
        var username: String?
        var password: String?
        var identitytoken: String?

        init(_ credentials: Credentials) {
            auth = Data("\(credentials.user):\(credentials.password)".utf8).base64EncodedString()
            identitytoken = credentials.identityToken
        }

        var object: JSONValue {
            .object(["auth": auth, "identitytoken": identitytoken].compactMapValues { $0.map(JSONValue.string) })
        }

        var credentials: Credentials? {
            if let auth, let decoded = Data(base64Encoded: auth) {
                let text = String(decoding: decoded, as: UTF8.self)
                guard let colon = text.firstIndex(of: ":") else { return nil }
                return Credentials(
                    user: String(text[..<colon]),
                    password: String(text[text.index(after: colon)...]),
                    identityToken: identitytoken
                )
            }
            guard let username, let password else { return nil }
            return Credentials(user: username, password: password, identityToken: identitytoken)
        }
    }

    private func read() throws -> Contents {
        guard let bytes = try bytes() else { return Contents() }
        do {
            return try JSONDecoder().decode(Contents.self, from: Data(bytes))
        } catch {
            throw refuse("is no configuration file of Docker's")
        }
    }

    /// Changes the entries, and keeps all else that the file holds.
    private func change(_ body: (inout [String: JSONValue]) -> Void) throws {
        var root: [String: JSONValue] = [:]
        if let bytes = try bytes() {
            guard case .object(let object)? = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else {
                throw refuse("is no configuration file of Docker's")
            }
            root = object
        }
        var auths: [String: JSONValue] = [:]
        if case .object(let object)? = root["auths"] { auths = object }
        body(&auths)
        root["auths"] = .object(auths)
        try PrivateFile.replace(path, with: JSONValue.object(root).encoded())
    }

    private func bytes() throws -> [UInt8]? {
        do {
            return try PrivateFile.read(path)
        } catch let error as Errno {
            throw refuse("can't be read: \(error)")
        }
    }

    private func refuse(_ why: String) -> RegistryError {
        RegistryError(code: .credentials, message: "'\(path)' \(why)")
    }
}
