// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageBuilder
import ImageRegistry
import ImageStore
import Synchronization
import SystemPackage
import Testing

@Suite("A build cache in a registry", .runsBuilds, .needs("docker-registry", "python3"))
struct RegistryCacheTests {
    /// A registry's client that writes down which blobs it fetched.
    private final class Watched: ArtifactRegistry {
        let client: RegistryClient
        let fetched = Mutex<[Digest]>([])
        /// Makes another list of the cache's.
        let forged = Mutex<(@Sendable ([UInt8]) -> [UInt8])?>(nil)

        init(_ client: RegistryClient) {
            self.client = client
        }

        func artifact(_ reference: ImageReference) async throws -> Manifest? { try await client.artifact(reference) }

        func document(_ blob: Descriptor, of reference: ImageReference) async throws -> [UInt8] {
            let document = try await client.document(blob, of: reference)
            let forge = forged.withLock { $0 }
            return forge?(document) ?? document
        }

        func fetch(_ blob: Descriptor, of reference: ImageReference, to file: FilePath) async throws {
            fetched.withLock { $0.append(blob.digest) }
            try await client.fetch(blob, of: reference, to: file)
        }

        func push(
            _ manifest: Manifest,
            as reference: ImageReference,
            content: @escaping @Sendable (Digest) -> ArtifactContent
        ) async throws {
            try await client.push(manifest, as: reference, content: content)
        }
    }

    private static let text = """
        FROM base AS made
        COPY source /source
        RUN tr a-z A-Z < /source > /made
        RUN echo beside > /beside
        FROM base
        COPY --from=made /made /
        COPY other /other
        RUN cat /made /other > /all
        """
    private static let files = ["source": "one\n", "other": "two\n"]

    /// Runs a test with a fixture whose builds have filled the cache `team/app:cache`.
    private func withCache(
        _ text: String = text,
        includesAllSteps: Bool = true,
        _ body: (BuildFixture, BuildResult, Watched, ImageReference, BuildCacheRegistry) async throws -> Void
    ) async throws {
        try await BuildFixture.with { fixture in
            let server = try await LocalServer.registry(below: fixture.directory)
            var configuration = RegistryConfiguration()
            configuration.credentials = FixedCredentials()
            configuration.retries.attempts = 2
            try await RegistryClient.with(configuration) { client in
                let registry = Watched(client)
                let name = try ImageReference("\(server.authority)/team/app:cache")
                let cache = BuildCacheRegistry(name, in: registry)
                let built = try await fixture.build(text, Self.files) {
                    $0.cacheExports = [BuildCacheExport(to: cache, includesAllSteps: includesAllSteps)]
                    $0.cacheSources = [cache]
                }
                #expect(built.cachedStepCount == 0)
                try await body(fixture, built, registry, name, cache)
            }
            withExtendedLifetime(server) {}
        }
    }

    @Test("makes an empty store's first build one without commands, with the same image")
    func cached() async throws {
        try await withCache { _, built, _, _, cache in
            try await BuildFixture.with { other in
                let again = try await other.build(Self.text, Self.files) { $0.cacheSources = [cache] }
                #expect(again.stepCount == 6)
                #expect(again.cachedStepCount == 6)
                #expect(again.digest == built.digest)
                #expect(other.output.isEmpty)
                #expect(try await other.files(Self.text, Self.files).text("/all") == "ONE\ntwo\n")
            }
        }
    }

    @Test("a changed source is built again from its step on, and only what came before is fetched")
    func changed() async throws {
        try await withCache { _, _, registry, _, cache in
            try await BuildFixture.with { other in
                let files = Self.files.merging(["other": "changed\n"]) { $1 }
                let again = try await other.build(Self.text, files) { $0.cacheSources = [cache] }
                #expect(again.cachedStepCount == 4)
                // What a stage made and the copy of it are one layer.
                #expect(registry.fetched.withLock { $0.count } == 3)
                #expect(other.cached.allSatisfy { !$0.contains("COPY other") && !$0.contains("RUN cat") })
                registry.fetched.withLock { $0 = [] }
            }
            try await BuildFixture.with { other in
                let files = Self.files.merging(["source": "changed\n"]) { $1 }
                let again = try await other.build(Self.text, files) { $0.cacheSources = [cache] }
                #expect(again.cachedStepCount == 0)
                #expect(registry.fetched.withLock { $0.isEmpty })
            }
        }
    }

    @Test("with the image's steps alone, those of the stages that it copies from are done again")
    func leastMode() async throws {
        try await withCache(includesAllSteps: false) { _, built, _, _, cache in
            try await BuildFixture.with { other in
                let again = try await other.build(Self.text, Self.files) { $0.cacheSources = [cache] }
                #expect(again.cachedStepCount == 3)
                #expect(again.configuration.rootfs == built.configuration.rootfs)
            }
        }
    }

    @Test("is one manifest with the steps' layers, which grows with the next build and needs no second sending")
    func manifest() async throws {
        try await withCache { fixture, _, registry, name, cache in
            let first = try #require(try await registry.artifact(name))
            #expect(first.artifactType == "application/vnd.nestbox.build-cache.v1+json")
            #expect(first.config.mediaType.rawValue == first.artifactType)
            // What a stage made and the copy of it are one layer.
            #expect(first.layers.count == 5)
            try await fixture.build(Self.text + "\nRUN echo more > /more", Self.files) {
                $0.cacheExports = [BuildCacheExport(to: cache)]
            }
            let second = try #require(try await registry.artifact(name))
            #expect(second.layers.count == 6)
            #expect(Set(first.layers).isSubset(of: second.layers))
        }
    }

    @Test("a name that stands for an image, or nothing, or nobody, is no cache: the build says so and goes on")
    func noCache() async throws {
        try await withCache { fixture, built, registry, name, _ in
            let image = try #require(built.image)
            let other = try ImageReference("\(name.domain)/team/app:image")
            try await registry.client.push(image, from: fixture.store, to: other)
            for (text, warns) in [
                ("\(name.domain)/team/app:image", true), ("\(name.domain)/team/none", false),
                ("127.0.0.1:1/none", true),
            ] {
                let cache = BuildCacheRegistry(try ImageReference(text), in: registry)
                let rebuilt = try await fixture.build("FROM base\nRUN echo \(text)") { $0.cacheSources = [cache] }
                #expect(rebuilt.cachedStepCount == 0)
                let warnings = fixture.log.withLock { $0.filter { $0.kind == .warning && $0.text.contains("cache") } }
                #expect(warnings.isEmpty == !warns, "\(text)")
            }
        }
    }

    @Test("a record that lies about what its layer unpacks to is not believed, and the step is done")
    func lies() async throws {
        let text = "FROM base\nRUN echo x > /x\nRUN echo y > /y"
        try await withCache(text) { _, _, registry, name, cache in
            let layers = try #require(try await registry.artifact(name)).layers.map { "\"layer\":\"\($0.digest)\"" }
            #expect(layers.count == 2)
            registry.forged.withLock { forged in
                // The two layers change places.
                forged = { list in
                    Array(
                        String(decoding: list, as: UTF8.self).replacing(layers[0], with: "?")
                            .replacing(layers[1], with: layers[0]).replacing("?", with: layers[1]).utf8
                    )
                }
            }
            try await BuildFixture.with { other in
                let rebuilt = try await other.build(text) { $0.cacheSources = [cache] }
                #expect(rebuilt.cachedStepCount == 0)
                let warnings = other.log.withLock { $0.filter { $0.kind == .warning } }
                #expect(warnings.count == 2)
                #expect(try await other.files(text).text("/x") == "x\n")
            }
        }
    }

    @Test("a cache that can't be filled ends the build, unless that is to be ignored")
    func exportFails() async throws {
        try await withCache { fixture, _, registry, _, _ in
            let cache = BuildCacheRegistry(try ImageReference("127.0.0.1:1/none"), in: registry)
            let error = await #expect(throws: ImageBuilderError.self) {
                try await fixture.build(Self.text, Self.files) { $0.cacheExports = [BuildCacheExport(to: cache)] }
            }
            #expect(error?.code == .cache)
            try await fixture.build(Self.text, Self.files) {
                $0.cacheExports = [BuildCacheExport(to: cache, ignoresErrors: true)]
            }
            #expect(fixture.log.withLock { $0.contains { $0.kind == .warning } })
        }
    }

    @Test("one in a directory is the same, and skopeo takes it to a registry", .needs("skopeo"))
    func copied() async throws {
        try await withCache { fixture, built, registry, name, _ in
            let place = fixture.directory.appending("cache")
            try await fixture.build(Self.text, Self.files) {
                $0.cacheExports = [BuildCacheExport(to: BuildCacheDirectory(place))]
            }
            let target = try ImageReference("\(name.domain)/team/copied:1")
            try Shell.run("skopeo --insecure-policy copy -q --dest-tls-verify=false 'oci:\(place)' docker://\(target)")
            try await BuildFixture.with { other in
                let cache = BuildCacheRegistry(target, in: registry)
                let again = try await other.build(Self.text, Self.files) { $0.cacheSources = [cache] }
                #expect(again.cachedStepCount == 6)
                #expect(again.digest == built.digest)
            }
        }
    }
}
