// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Glibc
import ImageRegistry
import ImageStore
import SystemPackage

/// The command `login`.
struct LoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Log in to a registry, and keep the login where Docker keeps it.",
        discussion: """
            Example:
              nestbox login --username ci --password-stdin registry.example.com < token
            """
    )

    @OptionGroup var registry: RegistryOptions

    @Option(name: [.short, .long], help: "The user's name.")
    var username: String?

    @Option(name: [.short, .long], help: "The password; better given by --password-stdin, where nobody sees it.")
    var password: String?

    @Flag(name: .customLong("password-stdin"), help: "Read the password from standard input.")
    var readsPassword = false

    @Argument(help: "The registry; Docker Hub by default.")
    var server: String?

    func validate() throws {
        if readsPassword, password != nil {
            throw ValidationError("--password and --password-stdin exclude each other")
        }
        if readsPassword, username == nil { throw ValidationError("--password-stdin needs --username") }
    }

    func run() async throws {
        let server = RegistryName.normalized(server)
        let file = DockerConfigurationFile()
        let credentials = try await chooseCredentials(for: server, file)
        try await RegistryClient.with(registry.configuration) { client in
            try await client.login(to: server, with: credentials, keepingIn: file)
        }
        if try !file.usesHelper(for: server) {
            Failure.report("the password is stored unencrypted in \(file.path), readable by its owner alone")
        }
        print("Login Succeeded")
    }

    private func chooseCredentials(for server: String, _ file: DockerConfigurationFile) async throws -> Credentials {
        if password != nil { Failure.report("--password can be seen by others; use --password-stdin") }
        if username == nil, password == nil, let known = try await file.credentials(for: server) {
            print("Authenticating with existing credentials...")
            return known
        }
        let user = try username ?? Prompt.line("Username: ")
        let secret = try readsPassword ? Prompt.wholeInput() : password ?? Prompt.secret("Password: ")
        guard !user.isEmpty, !secret.isEmpty else { throw ValidationError("username and password must not be empty") }
        return Credentials(user: user, password: secret)
    }
}

/// The command `logout`.
struct LogoutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout",
        abstract: "Forget the login to a registry.",
        discussion: """
            Example:
              nestbox logout registry.example.com
            """
    )

    @Argument(help: "The registry; Docker Hub by default.")
    var server: String?

    func run() async throws {
        let server = RegistryName.normalized(server)
        let file = DockerConfigurationFile()
        let isKnown = try await file.credentials(for: server) != nil
        print(isKnown ? "Removing login credentials for \(server)" : "Not logged in to \(server)")
        if isKnown { try await RegistryClient.with { try await $0.logout(from: server, keepingIn: file) } }
    }
}

/// Registries as users name them.
enum RegistryName {
    /// The host alone, Docker Hub's where none is given.
    static func normalized(_ text: String?) -> String {
        guard let text, !text.isEmpty else { return ImageReference.defaultDomain }
        let name = text.split(separator: "://", maxSplits: 1).last.map { String($0) } ?? text
        let host = String(name.prefix { $0 != "/" })
        return host == "index.docker.io" ? ImageReference.defaultDomain : host
    }
}
