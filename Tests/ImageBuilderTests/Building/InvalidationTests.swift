// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageBuilder
import ImageStore
import SystemPackage
import Testing

@Suite("What a change makes run again", .runsBuilds)
struct InvalidationTests {
    private static let base = [
        "FROM base", "ARG VERSION=1", "ENV MODE=a", "COPY file /one", "RUN echo 1", "LABEL x=1", "COPY file /two",
        "CMD [\"x\"]", "RUN echo 2",
    ]
    private static let steps = 4

    @Test(
        "each change reruns what sees it, and nothing before it",
        arguments: [
            // The change, and how many of the four steps still come from the cache.
            (["ARG VERSION=1": "ARG VERSION=2"], 1),
            (["ENV MODE=a": "ENV MODE=b"], 1),
            (["LABEL x=1": "LABEL x=2"], 4),
            (["CMD [\"x\"]": "CMD [\"y\"]"], 4),
            (["LABEL x=1": "EXPOSE 80"], 4),
            (["LABEL x=1": "USER 1000"], 3),
            (["LABEL x=1": "WORKDIR /"], 4),
            (["LABEL x=1": "SHELL [\"/bin/sh\", \"-ec\"]"], 3),
            (["LABEL x=1": "ARG LATER=1"], 3),
            (["LABEL x=1": "STOPSIGNAL 9"], 4),
            (["LABEL x=1": "# a comment"], 4),
            (["COPY file /two": "COPY --chmod=600 file /two"], 2),
            (["COPY file /two": "COPY file /three"], 2),
            (["RUN echo 1": "RUN  echo 1"], 4),
            (["RUN echo 1": "RUN echo 3"], 1),
            (["RUN echo 2": "RUN [\"/bin/sh\", \"-c\", \"echo 2\"]"], 4),
            (["RUN echo 2": "RUN --network=none echo 2"], 3),
        ] as [([String: String], Int)]
    )
    func change(changes: [String: String], cached: Int) async throws {
        try await BuildFixture.with { fixture in
            let files = ["file": "x"]
            try await fixture.build(Self.base.joined(separator: "\n"), files)
            let changed = Self.base.map { changes[$0] ?? $0 }.joined(separator: "\n")
            let result = try await fixture.build(changed, files)
            #expect(result.stepCount == Self.steps)
            #expect(result.cachedStepCount == cached)
        }
    }

    @Test("a build argument counts from its declaration on; proxies and undeclared ones never do")
    func arguments() async throws {
        try await BuildFixture.with { fixture in
            let text = Self.base.joined(separator: "\n")
            try await fixture.build(text, ["file": "x"])
            let other = try await fixture.build(text, ["file": "x"]) { $0.arguments = ["UNDECLARED": "1"] }
            #expect(other.cachedStepCount == 4)
            let proxy = try await fixture.build(text, ["file": "x"]) { $0.arguments = ["HTTP_PROXY": "http://x"] }
            #expect(proxy.cachedStepCount == 4)
            let given = try await fixture.build(text, ["file": "x"]) { $0.arguments = ["VERSION": "7"] }
            #expect(given.cachedStepCount == 1)
        }
    }

    @Test("what a stage copies from another counts by content, not by how it came about")
    func stages() async throws {
        try await BuildFixture.with { fixture in
            func text(_ command: String) -> String {
                "FROM base AS made\nRUN \(command)\nFROM base\nCOPY --from=made /result /\nRUN echo done"
            }
            try await fixture.build(text("echo same > /result; echo 1 > /other"))
            let same = try await fixture.build(text("echo 2 > /other; echo same > /result"))
            #expect(same.cachedStepCount == 2)
            let changed = try await fixture.build(text("echo different > /result"))
            #expect(changed.cachedStepCount == 0)
        }
    }

    @Test("an image's triggers run in its heirs, after their base")
    func triggers() async throws {
        try await BuildFixture.with { fixture in
            try await fixture.build("FROM base\nONBUILD COPY file /from-trigger\nONBUILD RUN echo trigger ran") {
                $0.tags = [try .init("parent")]
            }
            let result = try await fixture.build("FROM parent\nRUN cat /from-trigger", ["file": "content"])
            #expect(fixture.output == ["trigger ran", "content"])
            #expect(result.configuration.config?.onBuild == nil)
            // They are not handed on to the next.
            try await fixture.build("FROM parent AS child\nFROM child\nRUN echo own", ["file": "content"])
            #expect(fixture.output == ["own"])
        }
    }

    @Test("a cache in a directory makes another store's first build one without commands")
    func directoryCache() async throws {
        try await BuildFixture.with { fixture in
            let text = "FROM base AS made\nRUN echo x > /x\nFROM base\nCOPY --from=made /x /\nRUN echo y > /y"
            let cache = BuildCacheDirectory(fixture.directory.appending("cache"))
            let first = try await fixture.build(text) { $0.cacheExports = [BuildCacheExport(to: cache)] }
            try await BuildFixture.with { other in
                let second = try await other.build(text) { $0.cacheSources = [cache] }
                #expect(second.cachedStepCount == 3)
                #expect(second.digest == first.digest)
                let files = try await other.files(text)
                #expect(try files.text("/y") == "y\n")
            }
            // One that is damaged is as good as none.
            try Shell.run("for b in '\(fixture.directory)'/cache/blobs/sha256/*; do echo bad > $b; done")
            try await BuildFixture.with { other in
                let rebuilt = try await other.build(text) { $0.cacheSources = [cache] }
                #expect(rebuilt.cachedStepCount == 0)
            }
        }
    }

    @Test("steps that no image has stay until they are pruned, and go then")
    func pruned() async throws {
        try await BuildFixture.with { fixture in
            let text = "FROM base AS made\nRUN echo x > /x\nFROM scratch\nCOPY --from=made /x /"
            let result = try await fixture.build(text) { $0.tags = [try .init("result")] }
            try await fixture.store.prune()
            let kept = try await fixture.build(text)
            #expect(kept.cachedStepCount == 2)
            if let image = result.image { try await fixture.store.remove(image) }
            let removed = try await fixture.builder.prune()
            #expect(!removed.layers.isEmpty)
            let again = try await fixture.build(text)
            #expect(again.cachedStepCount == 0)
        }
    }
}
