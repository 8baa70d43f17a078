// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageBuilder
import Testing

@Suite("Cache keys")
struct CacheKeyTests {
    /// No hash: the whole input, so that equal keys are equal inputs.
    private func key(_ step: CacheStep, after parent: CacheKey? = nil) -> CacheKey {
        CacheKey(of: step, after: parent) { $0 }
    }

    private static let command = CacheStep.Command(
        arguments: ["/bin/sh", "-c", "make"],
        environment: ["A=1", "B=2"],
        platform: "linux/amd64"
    )
    private static let files = CacheStep.Files(
        sources: [.init(name: "a", content: "1"), .init(name: "b", content: "2")],
        destination: "/d/"
    )

    @Test("the same step after the same steps has the same key")
    func same() {
        let base = key(.base(.init(digest: "d", platform: "linux/amd64")))
        #expect(key(.command(Self.command), after: base) == key(.command(Self.command), after: base))
    }

    @Test(
        "every part of a command counts",
        arguments: [
            { $0.arguments = ["/bin/sh", "-c", "make all"] }, { $0.arguments = ["/bin/sh", "-cmake"] },
            { $0.environment = ["A=1", "B=3"] }, { $0.environment = ["A=1"] }, { $0.workingDirectory = "/x" },
            { $0.user = "u" }, { $0.network = "none" }, { $0.security = "insecure" }, { $0.devices = ["d"] },
            { $0.files = [["EOF", "x"]] }, { $0.platform = "linux/arm64" },
        ] as [@Sendable (inout CacheStep.Command) -> Void]
    )
    func command(change: @Sendable (inout CacheStep.Command) -> Void) {
        var changed = Self.command
        change(&changed)
        #expect(key(.command(changed)) != key(.command(Self.command)))
    }

    private static func mount(_ option: String, content: String? = nil) throws -> CacheStep.Mount {
        .init(options: try .init(option: option) { (word) throws(ValueError) in word }, content: content)
    }

    @Test("every option of a mount counts")
    func mounts() throws {
        let options = [
            "target=/a", "target=/b", "target=/a,rw", "type=cache,target=/a", "type=cache,target=/a,id=b",
            "type=cache,target=/a,sharing=locked", "type=cache,target=/a,mode=700", "type=cache,target=/a,uid=0",
            "type=cache,target=/a,gid=0", "type=tmpfs,target=/a", "type=tmpfs,target=/a,size=1k", "type=ssh",
            "type=ssh,required", "type=secret,id=a", "type=secret,source=a", "type=secret,id=a,env=A",
        ]
        var mounts = try options.map { try Self.mount($0) }
        mounts.append(try Self.mount("target=/a", content: "c"))
        let keys = mounts.map { mount in
            var command = Self.command
            command.mounts = [mount]
            return key(.command(command))
        }
        #expect(Set(keys + [key(.command(Self.command))]).count == mounts.count + 1)
    }

    @Test(
        "every part of a copy counts",
        arguments: [
            { $0.sources[0].content = "x" }, { $0.sources[0].name = "c" }, { $0.sources.swapAt(0, 1) },
            { $0.destination = "/d" }, { $0.chown = "1" }, { $0.chown = "" }, { $0.chmod = "755" },
            { $0.keepsParents = true }, { $0.unpacks = true }, { $0.time = 0 },
        ] as [@Sendable (inout CacheStep.Files) -> Void]
    )
    func files(change: @Sendable (inout CacheStep.Files) -> Void) {
        var changed = Self.files
        change(&changed)
        #expect(key(.files(changed)) != key(.files(Self.files)))
    }

    @Test("what went before counts, except for a step that does not look at it")
    func parents() {
        let one = key(.base(.init(digest: "1", platform: "p")))
        let two = key(.base(.init(digest: "2", platform: "p")))
        #expect(one != two)
        #expect(key(.files(Self.files), after: one) != key(.files(Self.files), after: two))
        #expect(key(.files(Self.files)) != key(.files(Self.files), after: one))
    }

    @Test("where a bind mount's content lies does not count, what it is does")
    func bindMounts() throws {
        var here = Self.command
        var there = Self.command
        here.mounts = [try Self.mount("source=a,target=/x", content: "c")]
        there.mounts = [try Self.mount("source=b,from=stage,target=/x", content: "c")]
        #expect(key(.command(here)) == key(.command(there)))
    }

    @Test("no two kinds of step share a key, even where their parts look alike")
    func kinds() {
        let keys = [
            key(.base(.init(digest: nil, platform: ""))), key(.directory(.init(path: ""))),
            key(.command(.init(arguments: [], environment: [], platform: ""))),
            key(.files(.init(sources: [], destination: ""))),
            key(.directory(.init(path: "", time: 0))), key(.base(.init(digest: "", platform: ""))),
        ]
        #expect(Set(keys).count == keys.count)
    }
}
