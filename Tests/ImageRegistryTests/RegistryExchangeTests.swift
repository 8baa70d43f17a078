// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import ImageRegistry
import ImageStore
import SystemPackage
import Testing

@Suite(
    "Debian's registry",
    .enabled(if: LocalRegistry.isInstalled && geteuid() == 0, "\(LocalRegistry.absence), and root")
)
struct RegistryExchangeTests {
    @Test("a pushed image comes back with the same digest, ready to run", arguments: [nil, 1_000_000] as [Int64?])
    func roundTrip(chunkSize: Int64?) async throws {
        let workspace = try Workspace()
        let registry = try await LocalRegistry(in: workspace)
        let store = try workspace.store()
        let name = try ImageReference("\(registry.authority)/team/app:1")
        let image = try await workspace.image(name.description, in: store)
        var configuration = RegistryConfiguration()
        configuration.uploadChunkSize = chunkSize
        configuration.credentials = FixedCredentials()
        let other = try workspace.store("other")
        try await RegistryClient.with(configuration) { client in
            let pushed = try await client.push(image, from: store)
            #expect(pushed.digest == image.digest)
            let pulled = try await client.pull(name, into: other)
            #expect(pulled.digest == image.digest)
            #expect(try await workspace.content(of: pulled, in: other) == "content")
            #expect(try await client.tags(of: "team/app", in: registry.authority) == ["1"])
            let pinned = name.pinned(to: image.digest)
            #expect(try await client.resolve(pinned).descriptor.digest == image.digest)
        }
    }

    @Test("an image for several platforms is pushed whole, and pulled for the wanted one")
    func platforms() async throws {
        let workspace = try Workspace()
        let registry = try await LocalRegistry(in: workspace)
        let store = try workspace.store()
        let one = try await workspace.image("one", in: store, content: "amd64", platform: Platform("linux/amd64"))
        let two = try await workspace.image("two", in: store, content: "arm64", platform: Platform("linux/arm64"))
        let name = try ImageReference("\(registry.authority)/multi")
        try Process.run(
            """
            cd '\(workspace.directory)' && mkdir list && cp -r store/blobs store/oci-layout list/ && python3 - <<'END'
            import hashlib, json
            entries = [dict(mediaType='application/vnd.oci.image.manifest.v1+json', digest=d, size=s,
                            platform=dict(os='linux', architecture=a))
                       for d, s, a in [('\(one.digest)', \(one.target.size), 'amd64'),
                                       ('\(two.digest)', \(two.target.size), 'arm64')]]
            kind = 'application/vnd.oci.image.index.v1+json'
            text = json.dumps(dict(schemaVersion=2, mediaType=kind, manifests=entries)).encode()
            digest = hashlib.sha256(text).hexdigest()
            open('list/blobs/sha256/' + digest, 'wb').write(text)
            entry = dict(mediaType=kind, digest='sha256:' + digest, size=len(text))
            open('list/index.json', 'w').write(json.dumps(dict(schemaVersion=2, manifests=[entry])))
            END
            """
        )
        let images = try await store.importLayout(workspace.directory.appending("list"), as: name)
        var configuration = RegistryConfiguration()
        configuration.credentials = FixedCredentials()
        try await RegistryClient.with(configuration) { client in
            try await client.push(images[0], from: store)
            for (text, content) in [("linux/amd64", "amd64"), ("linux/arm64", "arm64")] {
                let other = try workspace.store(content)
                let pulled = try await client.pull(name, into: other, platform: Platform(text))
                #expect(pulled.digest == images[0].digest)
                #expect(try await workspace.content(of: pulled, in: other) == content)
            }
            let other = try workspace.store("riscv")
            let error = await #expect(throws: ImageStoreError.self) {
                try await client.pull(name, into: other, platform: Platform("linux/riscv64"))
            }
            #expect(error?.code == .noMatchingPlatform)
            #expect(try other.images().isEmpty)
        }
    }

    @Test("with a login, images go and come; without one, or with a wrong one, the error says so")
    func login() async throws {
        let workspace = try Workspace()
        let registry = try await LocalRegistry(in: workspace, .init(user: "anna", password: "secret"))
        let store = try workspace.store()
        let name = "\(registry.authority)/app"
        let image = try await workspace.image(name, in: store)
        let file = DockerConfigurationFile(path: workspace.directory.appending("config/config.json"))
        var configuration = RegistryConfiguration()
        configuration.credentials = file
        try await RegistryClient.with(configuration) { client in
            let anonymous = await #expect(throws: RegistryError.self) { try await client.push(image, from: store) }
            #expect(anonymous?.code == .unauthorized)
            let wrong = await #expect(throws: RegistryError.self) {
                let credentials = Credentials(user: "anna", password: "wrong")
                try await client.login(to: registry.authority, with: credentials, keepingIn: file)
            }
            #expect(wrong?.code == .unauthorized)
            #expect(wrong.map { "\($0)".contains("wrong") } == false)
            let right = Credentials(user: "anna", password: "secret")
            try await client.login(to: registry.authority, with: right, keepingIn: file)
            #expect(try await file.credentials(for: registry.authority) == right)
            try await client.push(image, from: store)
            let other = try workspace.store("other")
            #expect(try await client.pull(ImageReference(name), into: other).digest == image.digest)
            try await client.logout(from: registry.authority, keepingIn: file)
            #expect(try await file.credentials(for: registry.authority) == nil)
        }
        var status = stat()
        #expect(stat(file.path.string, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
    }

    @Test("a registry on loopback that speaks TLS is spoken to with TLS")
    func encrypted() async throws {
        let workspace = try Workspace()
        let registry = try await LocalRegistry(in: workspace, .init(tls: true))
        let store = try workspace.store()
        let name = "\(registry.authority)/app"
        let image = try await workspace.image(name, in: store)
        var configuration = RegistryConfiguration()
        configuration.credentials = FixedCredentials()
        try await RegistryClient.with(configuration) { client in
            try await client.push(image, from: store)
            let pulled = try await client.pull(ImageReference(name), into: workspace.store("other"))
            #expect(pulled.digest == image.digest)
        }
    }

    @Test("what the registry does not have is not found, and the store stays as it was")
    func missing() async throws {
        let workspace = try Workspace()
        let registry = try await LocalRegistry(in: workspace)
        let store = try workspace.store()
        try await RegistryClient.with { client in
            let error = await #expect(throws: RegistryError.self) {
                try await client.pull(ImageReference("\(registry.authority)/none"), into: store)
            }
            #expect(error?.code == .notFound)
            #expect(error?.reason == "MANIFEST_UNKNOWN")
        }
        #expect(try store.images().isEmpty)
    }

    @Test("skopeo and this client read each other's pushes", .enabled(if: Process.has("skopeo"), "needs skopeo"))
    func skopeo() async throws {
        let workspace = try Workspace()
        let registry = try await LocalRegistry(in: workspace)
        let store = try workspace.store()
        let name = "\(registry.authority)/app:ours"
        let image = try await workspace.image(name, in: store)
        let skopeo = "skopeo --insecure-policy copy -q --src-tls-verify=false --dest-tls-verify=false"
        try await RegistryClient.with { client in
            try await client.push(image, from: store)
            try Process.run("\(skopeo) docker://\(name) oci:\(workspace.directory)/copy:x")
            try Process.run(
                "\(skopeo) --format v2s2 oci:\(workspace.directory)/copy:x docker://\(registry.authority)/app:theirs"
            )
            let other = try workspace.store("other")
            let pulled = try await client.pull(ImageReference("\(registry.authority)/app:theirs"), into: other)
            #expect(pulled.target.mediaType == .dockerManifest)
            #expect(pulled.configuration.rootfs == image.configuration.rootfs)
            #expect(try await workspace.content(of: pulled, in: other) == "content")
        }
    }

    @Test("what the registry has in another repository is mounted from there, and nothing is uploaded")
    func mounted() async throws {
        let workspace = try Workspace()
        let registry = try await LocalRegistry(in: workspace)
        let store = try workspace.store()
        let image = try await workspace.image("\(registry.authority)/first", in: store)
        var configuration = RegistryConfiguration()
        configuration.credentials = FixedCredentials()
        try await RegistryClient.with(configuration) { client in
            try await client.push(image, from: store)
            let second = try ImageReference("\(registry.authority)/second")
            try await client.push(image, from: store, to: second)
            #expect(try await client.pull(second, into: workspace.store("other")).digest == image.digest)
        }
        let repositories = "\(workspace.directory)/registry/docker/registry/v2/repositories"
        try Process.run("test -d \(repositories)/first/_uploads && test ! -e \(repositories)/second/_uploads")
    }

    @Test("podman and this client read each other's pushes", .enabled(if: Process.has("podman"), "needs podman"))
    func podman() async throws {
        let workspace = try Workspace()
        let registry = try await LocalRegistry(in: workspace)
        let store = try workspace.store()
        let (ours, theirs) = ("\(registry.authority)/app:ours", "\(registry.authority)/app:theirs")
        let image = try await workspace.image(ours, in: store)
        // Podman takes no long path here.
        let runtime = "/tmp/nestbox-\(UInt32.random(in: .min ... .max))"
        defer { try? Process.run("rm -rf '\(runtime)'") }
        let podman = "podman --root '\(workspace.directory)/podman' --runroot '\(runtime)' --storage-driver vfs"
        var configuration = RegistryConfiguration()
        configuration.credentials = FixedCredentials()
        try await RegistryClient.with(configuration) { client in
            try await client.push(image, from: store)
            try Process.run(
                """
                \(podman) pull -q --tls-verify=false \(ours) && \(podman) tag \(ours) \(theirs) && \
                \(podman) push -q --tls-verify=false \(theirs)
                """
            )
            let other = try workspace.store("other")
            let pulled = try await client.pull(ImageReference(theirs), into: other)
            #expect(pulled.configuration.rootfs == image.configuration.rootfs)
            #expect(try await workspace.content(of: pulled, in: other) == "content")
        }
    }

    @Test("a registry elsewhere is reached through the proxy, without encryption only if it is marked insecure")
    func proxy() async throws {
        let workspace = try Workspace()
        let registry = try await LocalRegistry(in: workspace)
        let store = try workspace.store()
        let image = try await workspace.image("\(registry.authority)/app", in: store)
        let proxy = try await TunnelProxy(to: registry.authority, in: workspace)
        var configuration = RegistryConfiguration()
        configuration.credentials = FixedCredentials()
        configuration.retries.attempts = 1
        configuration.proxies = ProxySettings(
            secure: "http://\(proxy.authority)",
            plain: "http://\(proxy.authority)"
        )
        let name = try ImageReference("registry.invalid:5000/app")
        let strict = configuration
        try await RegistryClient.with(strict) { client in
            try await client.push(image, from: store)
            await #expect(throws: RegistryError.self) { try await client.pull(name, into: workspace.store("none")) }
        }
        configuration.insecureRegistries = ["registry.invalid:5000"]
        let lax = configuration
        let pulled = try await RegistryClient.with(lax) { try await $0.pull(name, into: workspace.store("other")) }
        #expect(pulled.digest == image.digest)
        let requests = String(decoding: try workspace.read(proxy.log), as: UTF8.self).split(separator: "\n")
        #expect(requests.count > 2)
        #expect(requests.allSatisfy { $0 == "CONNECT registry.invalid:5000 HTTP/1.1" })
    }
}
