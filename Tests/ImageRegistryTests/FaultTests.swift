// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import ImageStore
import Synchronization
import SystemPackage
import Testing

@testable import ImageRegistry

@Suite("Registries that misbehave", .enabled(if: geteuid() == 0, "needs root: it unpacks layers"))
struct FaultTests {
    /// The documents and the layer of an image, to be served.
    struct Content: Sendable {
        var image: Image
        var blobs: [String: [UInt8]]

        init(_ workspace: Workspace) async throws {
            let store = try workspace.store("origin")
            image = try await workspace.image("app", in: store)
            let digests = [image.digest, image.id] + image.manifest.layers.map(\.digest)
            blobs = [:]
            for digest in digests {
                blobs[digest.description] = try workspace.read(store.root.appending("blobs/sha256/\(digest.hex)"))
            }
        }

        var layer: Descriptor { image.manifest.layers[0] }

        /// What a registry without faults answers.
        func answer(_ request: FaultyRegistry.Request) -> FaultyRegistry.Answer {
            let path = request.target.prefix { $0 != "?" }
            let name = path.split(separator: "/").last.map(String.init) ?? ""
            let key = path.contains("/manifests/") && !name.hasPrefix("sha256:") ? image.digest.description : name
            guard let body = blobs[key] else { return FaultyRegistry.Answer(status: "404 Not Found") }
            let type = path.contains("/manifests/") ? MediaType.manifest.rawValue : "application/octet-stream"
            return FaultyRegistry.Answer(headers: ["Content-Type": type], body: body)
        }
    }

    private func configuration(_ credentials: Credentials? = nil) -> RegistryConfiguration {
        var configuration = RegistryConfiguration()
        configuration.credentials = FixedCredentials(credentials)
        configuration.retries.firstDelay = .milliseconds(1)
        return configuration
    }

    private func pull(
        from registry: FaultyRegistry,
        _ workspace: Workspace,
        _ credentials: Credentials? = nil
    ) async throws -> Image {
        try await RegistryClient.with(configuration(credentials)) { client in
            try await client.pull(ImageReference("\(registry.authority)/app:1"), into: workspace.store())
        }
    }

    @Test("a layer whose connection breaks is taken up where it broke")
    func resumed() async throws {
        let workspace = try Workspace()
        let content = try await Content(workspace)
        let layer = content.layer
        let registry = try FaultyRegistry { request in
            var answer = content.answer(request)
            guard request.target.hasSuffix(layer.digest.description) else { return answer }
            if let range = request.headers["range"] {
                let start = Int(range.dropFirst("bytes=".count).dropLast()) ?? 0
                answer.status = "206 Partial Content"
                answer.headers["Content-Range"] = "bytes \(start)-\(layer.size - 1)/\(layer.size)"
                answer.body = Array(answer.body[start...])
            }
            if answer.body.count > 1_500_000 { answer.sent = 1_000_000 }
            return answer
        }
        let image = try await pull(from: registry, workspace)
        #expect(image.digest == content.image.digest)
        let ranges = registry.requests.compactMap { $0.headers["range"] }
        #expect(ranges.count >= 2)
        #expect(ranges.allSatisfy { $0 != "bytes=0-" })
        #expect(try await workspace.content(of: image, in: workspace.store()) == "content")
    }

    @Test("a registry that knows no ranges sends the layer again, and it still arrives whole")
    func resent() async throws {
        let workspace = try Workspace()
        let content = try await Content(workspace)
        let failures = Mutex(2)
        let registry = try FaultyRegistry { request in
            var answer = content.answer(request)
            guard request.target.hasSuffix(content.layer.digest.description) else { return answer }
            let fails = failures.withLock { left in
                left -= 1
                return left >= 0
            }
            if fails { answer.sent = 700_000 }
            return answer
        }
        #expect(try await pull(from: registry, workspace).digest == content.image.digest)
    }

    @Test(
        "requests that fail for now are tried again",
        arguments: ["503 Service Unavailable", "429 Too Many Requests"]
    )
    func retried(status: String) async throws {
        let workspace = try Workspace()
        let content = try await Content(workspace)
        let count = Mutex(0)
        let registry = try FaultyRegistry { request in
            let number = count.withLock { count in
                count += 1
                return count
            }
            return number % 3 == 0
                ? content.answer(request) : FaultyRegistry.Answer(status: status, headers: ["Retry-After": "0"])
        }
        #expect(try await pull(from: registry, workspace).digest == content.image.digest)
    }

    @Test("a registry that keeps failing is given up on, and the error says with what")
    func givenUp() async throws {
        let workspace = try Workspace()
        let registry = try FaultyRegistry { _ in FaultyRegistry.Answer(status: "502 Bad Gateway") }
        let error = await #expect(throws: RegistryError.self) { try await pull(from: registry, workspace) }
        #expect(error?.code == .serverError)
        #expect(error?.status == 502)
        #expect(registry.requests.filter { $0.target.contains("/manifests/") }.count == 5)
    }

    /// What a registry sends wrong.
    enum Lie: CaseIterable {
        case layer, shortLayer, config, manifest, manifestType, layerType
    }

    @Test(
        "content that is not what it was announced as is refused, and the store is as it was",
        arguments: Lie.allCases
    )
    func lies(lie: Lie) async throws {
        let workspace = try Workspace()
        let content = try await Content(workspace)
        let registry = try FaultyRegistry { request in
            var answer = content.answer(request)
            let isManifest = request.target.contains("/manifests/")
            let isLayer = request.target.hasSuffix(content.layer.digest.description)
            switch lie {
            case .layer where isLayer: answer.body[answer.body.count / 2] ^= 1
            case .shortLayer where isLayer: answer.body.removeLast(1_000)
            case .config where request.target.hasSuffix(content.image.id.description): answer.body[10] ^= 1
            case .manifest where isManifest: answer.headers["Docker-Content-Digest"] = content.image.id.description
            case .manifestType where isManifest: answer.headers["Content-Type"] = MediaType.index.rawValue
            case .layerType where isManifest: answer.headers["Content-Type"] = "text/html"
            default: break
            }
            return answer
        }
        await #expect(throws: (any Error).self) { try await pull(from: registry, workspace) }
        let store = try workspace.store()
        #expect(try store.images().isEmpty)
        try Process.run(
            "test -z \"$(find '\(store.root)/blobs' '\(store.root)/partial' '\(store.root)/unpacked' -type f)\""
        )
    }

    @Test("a token is asked for with the user's login, and then used")
    func token() async throws {
        let workspace = try Workspace()
        let content = try await Content(workspace)
        let own = Mutex("")
        let registry = try FaultyRegistry { request in
            if request.target.hasPrefix("/token") {
                return FaultyRegistry.Answer(body: Array("{\"token\":\"t0k3n\",\"expires_in\":300}".utf8))
            }
            guard request.headers["authorization"] == "Bearer t0k3n" else {
                let realm = "http://\(own.withLock { $0 })/token"
                let challenge = "Bearer realm=\"\(realm)\",service=\"test\",scope=\"repository:app:pull\""
                return FaultyRegistry.Answer(status: "401 Unauthorized", headers: ["WWW-Authenticate": challenge])
            }
            return content.answer(request)
        }
        own.withLock { $0 = registry.authority }
        let image = try await pull(from: registry, workspace, Credentials(user: "anna", password: "secret"))
        #expect(image.digest == content.image.digest)
        let asked = registry.requests.filter { $0.target.hasPrefix("/token") }
        #expect(asked.count == 1)
        #expect(asked[0].target == "/token?service=test&scope=repository%3Aapp%3Apull")
        #expect(asked[0].headers["authorization"] == "Basic YW5uYTpzZWNyZXQ=")
    }

    @Test("a redirect to another host does not take the credentials along")
    func redirect() async throws {
        let workspace = try Workspace()
        let content = try await Content(workspace)
        let storage = try FaultyRegistry { content.answer($0) }
        let registry = try FaultyRegistry { request in
            guard request.headers["authorization"] != nil else {
                let headers = ["WWW-Authenticate": "Basic realm=\"test\""]
                return FaultyRegistry.Answer(status: "401 Unauthorized", headers: headers)
            }
            guard request.target.contains("/blobs/") else { return content.answer(request) }
            let location = "http://\(storage.authority)\(request.target)"
            return FaultyRegistry.Answer(status: "307 Temporary Redirect", headers: ["Location": location])
        }
        let image = try await pull(from: registry, workspace, Credentials(user: "anna", password: "secret"))
        #expect(image.digest == content.image.digest)
        #expect(storage.requests.count == 2)
        #expect(storage.requests.allSatisfy { $0.headers["authorization"] == nil })
    }

    @Test("redirects in a circle end with an error")
    func circle() async throws {
        let workspace = try Workspace()
        let registry = try FaultyRegistry { request in
            FaultyRegistry.Answer(status: "302 Found", headers: ["Location": request.target])
        }
        let error = await #expect(throws: RegistryError.self) { try await pull(from: registry, workspace) }
        #expect(error?.code == .badRedirect)
    }

    @Test("a registry that nobody runs is unreachable")
    func unreachable() async throws {
        let port = try Loopback.freePort()
        try await RegistryClient.with(configuration()) { client in
            let error = await #expect(throws: RegistryError.self) {
                try await client.resolve(ImageReference("127.0.0.1:\(port)/app"))
            }
            #expect(error?.code == .unreachable)
        }
    }
}
