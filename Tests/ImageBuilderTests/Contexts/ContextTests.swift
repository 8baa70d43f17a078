// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import ImageBuilder
import SystemPackage
import Testing

@Suite("Contexts that are fetched or unpacked", .runsBuilds, .needs("git", "python3", "tar"))
struct ContextTests {
    /// Serves files from this machine's.
    private struct Fetcher: RemoteSourceFetcher {
        let directory: FilePath

        func fetch(_ address: String, to file: FilePath) async throws -> RemoteSource {
            let name = address.split(separator: "/").last.map(String.init) ?? ""
            try Shell.run("cp '\(directory)/\(name)' '\(file)'")
            return RemoteSource()
        }
    }

    /// Makes a repository of two commits, `v1` and the branch `main`, and gives its directory.
    private func repository(_ fixture: BuildFixture, named name: String = "app.git") throws -> String {
        let place = "\(fixture.directory)/\(name)"
        try Shell.run(
            """
            export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b.invalid \
            GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b.invalid &&
            git init -q -b main '\(place)' && cd '\(place)' &&
            printf 'FROM base\\nCOPY . /all\\n' > Dockerfile && echo one > file && mkdir sub &&
            printf 'FROM base\\nCOPY . /all\\nRUN echo in sub\\n' > sub/Dockerfile && echo s > sub/s &&
            ln -s ../../../../etc sub/out &&
            git add . && git commit -q -m one && git tag -a -m v1 v1 &&
            echo two > file && git commit -q -a -m two
            """
        )
        return place
    }

    private func text(_ place: String, _ command: String) throws -> String {
        try Shell.output("git -C '\(place)' \(command)").filter { !$0.isWhitespace }
    }

    private func builder(_ fixture: BuildFixture) -> ImageBuilder {
        var builder = fixture.builder
        builder.repositories = GitProgram(allowsLocalRepositories: true)
        builder.remoteSources = Fetcher(directory: fixture.directory)
        return builder
    }

    /// Builds a context, and gives the files of the result.
    private func build(_ fixture: BuildFixture, _ context: BuildContext, _ file: String = "Dockerfile") async throws
        -> BuiltFiles
    {
        let target = fixture.directory.appending("out-\(UInt32.random(in: .min ... .max))")
        var options = ImageBuilder.Options()
        options.outputs = [.files(target)]
        _ = try await builder(fixture).build(context, dockerfile: .named(file), options: options)
        return BuiltFiles(root: target.string)
    }

    // MARK: Archives

    @Test(
        "an archive is a context, however it is compressed, from a file, a pipe or an address",
        arguments: ["", "z", "J"]
    )
    func archive(compression: String) async throws {
        try await BuildFixture.with { fixture in
            _ = try fixture.context(
                ["Dockerfile": "FROM base\nCOPY . /all", "d/file": "content", ".dockerignore": "left\n", "left": "x"]
            )
            let place = fixture.directory.appending("context")
            let archive = fixture.directory.appending("context.tar")
            try Shell.run("tar -C '\(place)' -c\(compression)f '\(archive)' .")
            let pipe = fixture.directory.appending("pipe")
            try Shell.run("mkfifo '\(pipe)' && { cat '\(archive)' > '\(pipe)' & }")
            for context in [
                BuildContext.stream(archive), .stream(pipe), .remote("https://example.invalid/context.tar"),
            ] {
                let files = try await build(fixture, context)
                #expect(try files.list("/all") == [".dockerignore", "Dockerfile", "d", "d/file"])
                #expect(files.status("/all/d/file") == "644 0:0")
            }
        }
    }

    @Test("what is no archive is a Dockerfile alone, and one that leads out is refused")
    func notArchive() async throws {
        try await BuildFixture.with { fixture in
            let path = fixture.directory.appending("text")
            try BuildFixture.write("FROM base\nRUN echo made > /made\n", to: path.string)
            for context in [BuildContext.stream(path), .remote("http://example.invalid/text")] {
                #expect(try await build(fixture, context).text("/made") == "made\n")
            }
            await expect(.context) { try await build(fixture, .stream(path), "other") }
            await expect(.context) { try await build(fixture, .stream(fixture.directory.appending("none"))) }
            await expect(.context) { try await build(fixture, .remote("https://example.invalid/none")) }
            try Shell.run("head -c 4096 /dev/zero > '\(path)'")
            await expect(.context) { try await build(fixture, .stream(path)) }
            let archive = fixture.directory.appending("hostile.tar")
            let script = """
                import tarfile
                with tarfile.open("\(archive)", "w") as archive:
                    link = tarfile.TarInfo("d"); link.type = tarfile.SYMTYPE; link.linkname = "/tmp"
                    archive.addfile(link)
                    archive.addfile(tarfile.TarInfo("d/nestbox-escaped"))
                """
            try Shell.run("python3 -c '\(script)'")
            await expect(.context) { try await build(fixture, .stream(archive)) }
            #expect(access("/tmp/nestbox-escaped", F_OK) != 0)
        }
    }

    // MARK: Repositories

    @Test("a repository is a context: its branch, a tag, a commit, the beginning of one, a directory")
    func repositories() async throws {
        try await BuildFixture.with { fixture in
            let place = try repository(fixture)
            let old = try text(place, "rev-parse v1^{commit}")
            for (suffix, content) in [
                ("", "two\n"), ("#main", "two\n"), ("#v1", "one\n"), ("#\(old)", "one\n"),
                ("#\(old.prefix(9))", "one\n"),
                ("?branch=main", "two\n"), ("?tag=v1&checksum=\(old)", "one\n"),
            ] {
                let files = try await build(fixture, BuildContext("file://\(place)\(suffix)"))
                #expect(try files.text("/all/file") == content, "\(suffix)")
                #expect(files.status("/all/.git") == nil)
                #expect(files.status("/all/file") == "644 0:0")
            }
            let sub = try await build(fixture, BuildContext("file://\(place)#main:sub"))
            #expect(try sub.list("/all") == ["Dockerfile", "out", "s"])
            for (suffix, code) in [
                ("#nothing", ImageBuilderError.Code.remoteSource), ("#main:none", .context),
                ("#main:sub/out", .context),
                ("?tag=v1&checksum=1234567", .remoteSource),
            ] {
                await expect(code) { try await build(fixture, BuildContext("file://\(place)\(suffix)")) }
            }
            let kept = fixture.directory.appending("kept")
            var options = ImageBuilder.Options()
            options.arguments["BUILDKIT_CONTEXT_KEEP_GIT_DIR"] = "1"
            options.outputs = [.files(kept)]
            _ = try await builder(fixture).build(BuildContext("file://\(place)"), options: options)
            #expect(BuiltFiles(root: kept.string).status("/all/.git/HEAD") != nil)
        }
    }

    @Test("a repository of this machine is taken only where that is allowed, and never as a submodule")
    func localRepository() async throws {
        try await BuildFixture.with { fixture in
            let place = try repository(fixture)
            let outer = try repository(fixture, named: "outer.git")
            try Shell.run(
                """
                cd '\(outer)' && git -c protocol.file.allow=always submodule --quiet add 'file://\(place)' inner &&
                git -c user.name=a -c user.email=a@b.invalid commit -q -m submodule
                """
            )
            await expect(.remoteSource) { try await build(fixture, BuildContext("file://\(outer)")) }
            var strict = fixture.builder
            await expect(.unsupported) { try await strict.build(BuildContext("file://\(place)")) }
            strict.repositories = GitProgram()
            let error = await expect(.remoteSource) { try await strict.build(BuildContext("file://\(place)")) }
            #expect(error?.message.contains("not fetched") == true)
        }
    }

    @Test("a named context may be an archive or a repository")
    func named() async throws {
        try await BuildFixture.with { fixture in
            let place = try repository(fixture)
            try Shell.run("tar -C '\(place)' -cf '\(fixture.directory)/app.tar' file")
            let files = try await fixture.files(
                "FROM base\nCOPY --from=code s /s\nCOPY --from=packed file /file",
                with: builder(fixture)
            ) {
                $0.contexts["code"] = .context(try BuildContext("file://\(place)#main:sub"))
                $0.contexts["packed"] = .context(try BuildContext("https://example.invalid/app.tar"))
            }
            #expect(try files.text("/s") == "s\n")
            #expect(try files.text("/file") == "two\n")
        }
    }

    // MARK: ADD

    @Test(
        "ADD takes a repository from its server, once for each commit",
        .enabled(if: access("/usr/lib/git-core/git-daemon", X_OK) == 0, "needs the package git")
    )
    func added() async throws {
        try await BuildFixture.with { fixture in
            let place = try repository(fixture)
            let server = try await LocalServer.git(below: fixture.directory)
            let address = "git://\(server.authority)/app.git"
            let commit = try text(place, "rev-parse main")
            let dockerfile = """
                FROM base
                ADD \(address)#v1:sub /sub
                ADD --keep-git-dir=true --chown=7 \(address) /whole
                ADD --checksum=\(commit) \(address)#main /same/
                """
            let files = try await fixture.files(dockerfile, with: builder(fixture))
            #expect(try files.list("/sub") == ["Dockerfile", "out", "s"])
            #expect(try files.text("/whole/file") == "two\n")
            #expect(files.status("/whole/file") == "644 7:7")
            #expect(files.status("/whole/.git/HEAD") != nil)
            #expect(files.status("/same/.git") == nil)
            let again = try await fixture.build(dockerfile, with: builder(fixture))
            #expect(again.cachedStepCount == 3)
            try Shell.run(
                """
                cd '\(place)' && echo three > file &&
                git -c user.name=a -c user.email=a@b.invalid commit -q -a -m three
                """
            )
            let moved = try await fixture.build(
                dockerfile.replacing("--checksum=\(commit) ", with: ""),
                with: builder(fixture)
            )
            #expect(moved.cachedStepCount == 1)
            await expect(.remoteSource) { try await fixture.build(dockerfile, with: builder(fixture)) }
            await expect(.sourceNotFound) {
                try await fixture.build("FROM base\nADD file://\(place) /x", with: builder(fixture))
            }
            withExtendedLifetime(server) {}
        }
    }

    @discardableResult
    private func expect<Value>(
        _ code: ImageBuilderError.Code,
        _ body: () async throws -> Value,
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) async -> ImageBuilderError? {
        let error = await #expect(throws: ImageBuilderError.self, sourceLocation: sourceLocation) { try await body() }
        #expect(error?.code == code, "\(String(describing: error))", sourceLocation: sourceLocation)
        return error
    }
}
