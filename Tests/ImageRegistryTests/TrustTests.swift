// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageStore
import SystemPackage
import Testing

@testable import ImageRegistry

@Suite(
    "Registries whose certificates somebody private vouches for",
    .enabled(
        if: LocalRegistry.isInstalled && Process.has("openssl") && Process.has("python3"),
        "needs docker-registry, openssl and python3"
    )
)
struct TrustTests {
    /// The name that the registry's certificate is for; nobody has it, so the way leads through a proxy.
    private static let host = "registry.invalid:5000"

    private let workspace: Workspace
    private var authority: FilePath { workspace.directory.appending("ca.crt") }

    init() throws {
        workspace = try Workspace()
        let folder = workspace.directory
        let new = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
        try workspace.write("subjectAltName=DNS:registry.invalid\n", as: "names")
        try Process.run(
            """
            cd '\(folder)' && openssl req -x509 \(new) -days 2 -subj /CN=nestbox-authority -keyout ca.key -out ca.crt &&
            for name in server client; do
                openssl req \(new) -subj /CN=$name -keyout $name.key -out $name.csr &&
                openssl x509 -req -in $name.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile names \
                    -out $name.cert || exit 1
            done
            """
        )
    }

    /// A directory with certificates for a host.
    private func certificates(for host: String, _ files: String...) throws -> FilePath {
        let directory = workspace.directory.appending("certs-\(UInt32.random(in: .min ... .max))")
        try Process.run(
            "mkdir -p '\(directory)/\(host)' && cd '\(workspace.directory)' && cp \(files.joined(separator: " ")) '\(directory)/\(host)/'"
        )
        return directory
    }

    /// Pushes an image and pulls it again.
    private func exchange(
        _ proxy: TunnelProxy,
        host: String = Self.host,
        _ change: (inout RegistryConfiguration) -> Void
    ) async throws {
        var configuration = RegistryConfiguration()
        configuration.credentials = FixedCredentials()
        configuration.retries.attempts = 1
        configuration.proxies = ProxySettings(secure: "http://\(proxy.authority)", plain: "http://\(proxy.authority)")
        configuration.certificateDirectories = []
        change(&configuration)
        let number = UInt32.random(in: .min ... .max)
        let store = try workspace.store("store-\(number)")
        let image = try await workspace.image("\(host)/app", in: store, megabytes: 1)
        try await RegistryClient.with(configuration) { client in
            try await client.push(image, from: store)
            let other = try workspace.store("other-\(number)")
            #expect(try await client.pull(ImageReference("\(host)/app"), into: other).digest == image.digest)
        }
    }

    private func expectUntrusted(
        _ proxy: TunnelProxy,
        host: String = Self.host,
        _ change: (inout RegistryConfiguration) -> Void,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        let error = await #expect(throws: RegistryError.self, sourceLocation: sourceLocation) {
            try await exchange(proxy, host: host, change)
        }
        #expect(error?.code == .untrusted, "\(String(describing: error))", sourceLocation: sourceLocation)
    }

    @Test("are refused unless the authority is named, for all hosts or for this one, and never under another name")
    func authorities() async throws {
        let files = LocalRegistry.Options.Certificate(name: "server", authority: nil)
        let registry = try await LocalRegistry(in: workspace, .init(certificate: files))
        let proxy = try await TunnelProxy(to: registry.authority, in: workspace)
        await expectUntrusted(proxy) { _ in }
        try await exchange(proxy) { $0.certificateAuthorities = [authority] }
        let own = try certificates(for: Self.host, "ca.crt")
        try await exchange(proxy) { $0.certificateDirectories = [own] }
        let others = try certificates(for: "other.invalid:5000", "ca.crt")
        await expectUntrusted(proxy) { $0.certificateDirectories = [others] }
        await expectUntrusted(proxy, host: "other.invalid:5000") { $0.certificateDirectories = [others] }
        await expectUntrusted(proxy, host: "other.invalid:5000") { $0.certificateAuthorities = [authority] }
    }

    @Test("that want to know who asks are shown the certificate for their host")
    func clientCertificate() async throws {
        let files = LocalRegistry.Options.Certificate(name: "server", authority: "ca.crt")
        let registry = try await LocalRegistry(in: workspace, .init(certificate: files))
        let proxy = try await TunnelProxy(to: registry.authority, in: workspace)
        await #expect(throws: RegistryError.self) {
            try await exchange(proxy) { $0.certificateAuthorities = [authority] }
        }
        let known = try certificates(for: Self.host, "ca.crt", "client.cert", "client.key")
        try await exchange(proxy) { $0.certificateDirectories = [known] }
        let half = try certificates(for: Self.host, "ca.crt", "client.cert")
        let error = await #expect(throws: RegistryError.self) {
            try await exchange(proxy) { $0.certificateDirectories = [half] }
        }
        #expect(error?.message.contains("client.key") == true)
    }
}
