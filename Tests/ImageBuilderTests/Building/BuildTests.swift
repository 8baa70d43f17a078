// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Foundation
import ImageBuilder
import ImageStore
import SystemPackage
import Testing

@Suite("Builds", .runsBuilds)
struct BuildTests {
    private static let sixSteps = """
        FROM base
        WORKDIR /app
        COPY data.txt .
        RUN tr a-z A-Z < data.txt > upper.txt
        COPY more.txt .
        RUN cat upper.txt more.txt > all.txt && chown 1000:1001 all.txt
        CMD ["cat", "all.txt"]
        """
    private static let sources = ["data.txt": "hello\n", "more.txt": "there\n"]

    @Test("files are copied, commands run on them, and the result is an image with a name")
    func simple() async throws {
        try await BuildFixture.with { fixture in
            let result = try await fixture.build(Self.sixSteps, Self.sources) {
                $0.tags = [try ImageReference("app:1"), try ImageReference("app")]
            }
            #expect(result.stepCount == 5)
            #expect(result.cachedStepCount == 0)
            #expect(try fixture.store.image(ImageReference("app:1")).id == result.imageID)
            #expect(try fixture.store.image(ImageReference("app")).id == result.imageID)
            let files = try await fixture.files(Self.sixSteps, Self.sources)
            #expect(try files.text("/app/all.txt") == "HELLO\nthere\n")
            #expect(files.status("/app/all.txt") == "644 1000:1001")
            #expect(files.status("/app/data.txt") == "644 0:0")
            #expect(result.image?.defaults.workingDirectory == "/app")
        }
    }

    @Test("the same build again runs nothing and comes to the same image")
    func cached() async throws {
        try await BuildFixture.with { fixture in
            let first = try await fixture.build(Self.sixSteps, Self.sources)
            let second = try await fixture.build(Self.sixSteps, Self.sources)
            #expect(second.cachedStepCount == 5)
            #expect(second.digest == first.digest)
            #expect(fixture.output.isEmpty)
            let third = try await fixture.build(Self.sixSteps, Self.sources) { $0.usesCache = false }
            #expect(third.cachedStepCount == 0)
        }
    }

    @Test("a changed source is copied again, and only what comes after it is done again")
    func changedSource() async throws {
        try await BuildFixture.with { fixture in
            try await fixture.build(Self.sixSteps, Self.sources)
            let changed = Self.sources.merging(["more.txt": "again\n"]) { $1 }
            let result = try await fixture.build(Self.sixSteps, changed)
            #expect(result.cachedStepCount == 3)
            // Another time alone is no change.
            try Shell.run("touch -d 2001-01-01 '\(fixture.directory)/context/more.txt'")
            let touched = try await fixture.builder.build(
                .directory(fixture.directory.appending("context")),
                dockerfile: .text(Self.sixSteps)
            )
            #expect(touched.cachedStepCount == 5)
            // Other permissions are.
            try Shell.run("chmod 600 '\(fixture.directory)/context/more.txt'")
            let chmod = try await fixture.builder.build(
                .directory(fixture.directory.appending("context")),
                dockerfile: .text(Self.sixSteps)
            )
            #expect(chmod.cachedStepCount == 3)
        }
    }

    @Test("with SOURCE_DATE_EPOCH two stores come to the same digest, and no time is later")
    func reproducible() async throws {
        let dockerfile = """
            FROM base
            COPY . /src
            WORKDIR /src/out
            RUN echo built > result && mkdir sub && ln result sub/link
            """
        let files = ["a": "1", "dir/b": "2"]
        var digests: [Digest] = []
        for _ in 0..<2 {
            digests.append(
                try await BuildFixture.with { fixture in
                    let result = try await fixture.build(dockerfile, files) {
                        $0.arguments["SOURCE_DATE_EPOCH"] = "1700000000"
                    }
                    #expect(result.configuration.created == "2023-11-14T22:13:20Z")
                    let built = try await fixture.files(dockerfile, files) {
                        $0.arguments["SOURCE_DATE_EPOCH"] = "1700000000"
                    }
                    #expect(built.time("/src/a") == 1_700_000_000)
                    #expect(built.time("/src/out/result") == 1_700_000_000)
                    return result.digest
                }
            )
        }
        #expect(digests[0] == digests[1])
    }

    @Test("steps that make equal layers make an image with a layer twice, on which commands run and files are copied")
    func equalLayers() async throws {
        try await BuildFixture.with { fixture in
            let text = """
                FROM base
                COPY file /place/file
                RUN rm /place/file && mkdir /other
                COPY file /place/file
                RUN test "$(cat /place/file)" = content && test -d /other
                """
            let result = try await fixture.build(text, ["file": "content"]) {
                $0.arguments["SOURCE_DATE_EPOCH"] = "1700000000"
            }
            let layers = result.configuration.rootfs.diffIDs
            #expect(layers.count == 5 && layers[1] == layers[3])
            let rootfs = try await fixture.store.prepareRootfs(of: fixture.store.image("\(result.imageID)"))
            #expect(rootfs.layers.count == 4)
        }
    }

    @Test("an image for another machine says so, and a stage that runs on this one knows both")
    func platform() async throws {
        try await BuildFixture.with { fixture in
            let text = """
                FROM --platform=$BUILDPLATFORM base AS made
                ARG TARGETPLATFORM
                ARG TARGETARCH
                ARG BUILDPLATFORM
                RUN echo $TARGETPLATFORM $TARGETARCH $BUILDPLATFORM > /platforms
                FROM scratch
                COPY --from=made /platforms /
                """
            let result = try await fixture.build(text) { $0.platform = try Platform("linux/s390x") }
            #expect(result.configuration.platform == (try Platform("linux/s390x")))
            let files = try await fixture.files(text) { $0.platform = try Platform("linux/s390x") }
            #expect(try files.text("/platforms") == "linux/s390x s390x \(Platform.current)\n")
        }
    }

    @Test("a base for another machine than the build is for is warned of, or refused where the file asks for that")
    func basePlatform() async throws {
        try await BuildFixture.with { fixture in
            let own = try await fixture.build("FROM base\nCOPY a /\n", ["a": "1"])
            #expect(own.warnings.isEmpty)
            let other = try await fixture.build("FROM base\nCOPY a /\n", ["a": "1"]) {
                $0.platform = try Platform("linux/s390x")
            }
            #expect(other.warnings.map(\.rule) == [.invalidBaseImagePlatform])
            #expect(
                other.warnings.first?.message
                    == "Base image base is for platform \"\(Platform.current)\", expected \"linux/s390x\" for this build"
            )
            let error = await #expect(throws: ImageBuilderError.self) {
                try await fixture.build("# check=error=true\nFROM base\nCOPY a /\n", ["a": "1"]) {
                    $0.platform = try Platform("linux/s390x")
                }
            }
            #expect(error?.code == .lintViolation)
        }
    }

    @Test("a build argument that no ARG declares is told of, as a mistyped name is; those that need no ARG are not")
    func unusedArguments() async throws {
        try await BuildFixture.with { fixture in
            let file = "ARG BASE=base\nFROM scratch AS other\nARG OTHER\nFROM $BASE\nARG VERSION\nRUN true\n"
            let given = [
                "BASE": "base", "OTHER": "1", "VERSION": "2", "TARGETARCH": "amd64", "HTTPS_PROXY": "",
                "BUILDKIT_X": "",
            ]
            try await fixture.build(file) { $0.arguments = given }
            #expect(fixture.warnings == [])
            try await fixture.build(file) { $0.arguments = given.merging(["VERSON": "3", "zeal": "4"]) { $1 } }
            #expect(
                fixture.warnings
                    == ["no ARG declares the build arguments 'VERSON' (did you mean VERSION?), 'zeal'"]
            )
        }
    }

    @Test("stages that need nothing of each other run at the same time")
    func parallel() async throws {
        // Each waits for a sign of the other, so one after the other they would never end.
        func stage(_ own: String, _ other: String) -> String {
            """
            FROM base AS \(own)
            RUN --mount=type=cache,id=meeting,target=/meeting touch /meeting/\(own) && \
                n=0; while [ ! -e /meeting/\(other) ]; do n=$((n+1)); [ $n -lt 600 ] || exit 1; sleep 0.1; done; \
                echo \(own) > /\(own)

            """
        }
        try await BuildFixture.with { fixture in
            let dockerfile =
                stage("left", "right") + stage("right", "left") + """
                    FROM base
                    COPY --from=left /left /both/
                    COPY --from=right /right /both/
                    """
            let files = try await fixture.files(dockerfile)
            #expect(try files.list("/both") == ["left", "right"])
        }
    }

    @Test("a stage that the target does not need is not run")
    func skipped() async throws {
        try await BuildFixture.with { fixture in
            let dockerfile = """
                FROM base AS broken
                RUN false
                FROM base AS first
                RUN echo first > /name
                FROM first AS second
                RUN echo second > /name
                """
            let last = try await fixture.files(dockerfile)
            #expect(try last.text("/name") == "second\n")
            let first = try await fixture.files(dockerfile) { $0.target = "first" }
            #expect(try first.text("/name") == "first\n")
        }
    }

    @Test("an image without a base holds what was copied, and nothing else")
    func scratch() async throws {
        try await BuildFixture.with { fixture in
            let files = try await fixture.files(
                """
                FROM base AS build
                RUN --network=none mkdir /out && cp /bin/busybox /out/busybox
                FROM scratch
                COPY --from=build /out/busybox /
                RUN ["/busybox", "true"]
                ENTRYPOINT ["/busybox"]
                """
            )
            #expect(try files.list("/") == ["busybox"])
        }
    }

    @Test("a build without outputs in the store lists nothing there")
    func unlisted() async throws {
        try await BuildFixture.with { fixture in
            let before = try fixture.store.images().count
            let archive = fixture.directory.appending("image.tar")
            let result = try await fixture.build("FROM base\nRUN echo x > /x") {
                $0.outputs = [.imageArchive(archive)]
                $0.tags = [try ImageReference("example.org/app:2")]
            }
            #expect(result.image == nil)
            #expect(try fixture.store.images().count == before)
            let other = try ImageStore(root: fixture.directory.appending("other"))
            let loaded = try await other.load(archive)
            #expect(loaded.map(\.id) == [result.imageID])
            #expect(loaded.first?.reference?.description == "example.org/app:2")
        }
    }

    @Test("the result's files can be had as a directory, wherever the path begins", arguments: [false, true])
    func filesOutput(isRelative: Bool) async throws {
        try await BuildFixture.with { fixture in
            let target = fixture.directory.appending("deep/out")
            let depth = FilePath(FileManager.default.currentDirectoryPath).components.count
            let up = String(repeating: "../", count: depth)
            let relative = FilePath("\(up)\(target.string.dropFirst())")
            try await fixture.build("FROM scratch\nCOPY . /", ["a/b": "x", "link": "-> a/b"]) {
                $0.outputs = [.files(isRelative ? relative : target)]
            }
            #expect(try BuiltFiles(root: target.string).list("") == ["a", "a/b", "link"])
            #expect(try Shell.output("readlink '\(target)/link'") == "a/b\n")
        }
    }
}
