// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageBuilder
import SystemPackage
import Testing

@Suite("COPY", .runsBuilds)
struct CopyTests {
    private static let tree = [
        "a.txt": "a", "b.txt": "b", "c.md": "c", "dir/one": "1", "dir/sub/two": "2", "dir/sub/three.log": "3",
        "empty/": "", "link": "-> a.txt", "dir/inner": "-> ../../outside",
    ]

    @Test("where copies go follows from the slash at the end and from what is there")
    func destinations() async throws {
        try await BuildFixture.with { fixture in
            let files = try await fixture.files(
                """
                FROM base
                WORKDIR /w
                COPY a.txt file
                COPY a.txt new/
                COPY a.txt b.txt both/
                COPY dir contents
                COPY dir .
                COPY a.txt /tmp
                COPY *.txt /globbed/
                COPY link /followed
                COPY empty /empty
                COPY nothing*.x a.txt /some/
                """,
                Self.tree
            )
            #expect(try files.text("/w/file") == "a")
            #expect(try files.list("/w/new") == ["a.txt"])
            #expect(try files.list("/w/both") == ["a.txt", "b.txt"])
            #expect(try files.list("/w/contents") == ["inner", "one", "sub", "sub/three.log", "sub/two"])
            #expect(try files.text("/w/sub/two") == "2")
            #expect(try files.text("/tmp/a.txt") == "a")
            #expect(try files.list("/globbed") == ["a.txt", "b.txt"])
            #expect(try files.text("/followed") == "a")
            #expect(files.status("/empty") == "755 0:0")
            #expect(try files.list("/some") == ["a.txt"])
            #expect(try Shell.output("readlink '\(files.root)/w/contents/inner'") == "../../outside\n")
        }
    }

    @Test("owners and permissions are as the flags say, of directories that are made too")
    func flags() async throws {
        try await BuildFixture.with { fixture in
            let files = try await fixture.files(
                """
                FROM base
                COPY --chown=user a.txt /named/
                COPY --chown=user:staff a.txt /both/
                COPY --chown=55 a.txt /number
                COPY --chown=:staff a.txt /group
                COPY --chmod=640 dir /octal
                COPY --chmod=u=rwX,go=rX dir /symbolic
                COPY --chmod=+x,o-r a.txt /added
                COPY --chmod=4755 a.txt /setuid
                """,
                Self.tree
            )
            #expect(files.status("/named") == "755 1000:1001")
            #expect(files.status("/named/a.txt") == "644 1000:1001")
            #expect(files.status("/both/a.txt") == "644 1000:50")
            #expect(files.status("/number") == "644 55:55")
            #expect(files.status("/group") == "644 0:50")
            #expect(files.status("/octal/one") == "640 0:0")
            #expect(files.status("/octal/sub") == "640 0:0")
            #expect(files.status("/symbolic/one") == "644 0:0")
            #expect(files.status("/symbolic/sub") == "755 0:0")
            #expect(files.status("/added") == "751 0:0")
            #expect(files.status("/setuid") == "4755 0:0")
        }
    }

    @Test("parents are kept from the pivot on, and what is excluded stays away")
    func parentsAndExcludes() async throws {
        try await BuildFixture.with { fixture in
            let files = try await fixture.files(
                """
                FROM base
                COPY --parents dir/sub/two a.txt /p/
                COPY --parents ./dir/./sub/*.log /q/
                COPY --parents **/*.log /r/
                COPY --exclude=*.log --exclude=one dir /e/
                COPY --exclude=b* *.txt /f/
                COPY --exclude=** --exclude=!sub/two dir /g/
                """,
                Self.tree
            )
            #expect(try files.list("/p") == ["a.txt", "dir", "dir/sub", "dir/sub/two"])
            #expect(try files.list("/q") == ["sub", "sub/three.log"])
            #expect(try files.list("/r") == ["dir", "dir/sub", "dir/sub/three.log"])
            #expect(try files.list("/e") == ["inner", "sub", "sub/three.log", "sub/two"])
            #expect(try files.list("/f") == ["a.txt"])
            #expect(try files.list("/g") == ["sub", "sub/two"])
        }
    }

    @Test("what the ignore file leaves out is not there, and the Dockerfile's own goes first")
    func ignored() async throws {
        try await BuildFixture.with { fixture in
            let ignore = [".dockerignore": "dir\n!dir/sub/two\n*.md\n", "Dockerfile": "FROM base\nCOPY . /all/"]
            _ = try fixture.context(Self.tree.merging(ignore) { $1 })
            func list(_ source: DockerfileSource) async throws -> [String] {
                let target = fixture.directory.appending("ignored-\(UInt32.random(in: .min ... .max))")
                var options = ImageBuilder.Options()
                options.outputs = [.files(target)]
                _ = try await fixture.builder.build(
                    .directory(fixture.directory.appending("context")),
                    dockerfile: source,
                    options: options
                )
                return try BuiltFiles(root: target.string).list("/all")
            }
            let general = try await list(.named("Dockerfile"))
            #expect(
                general == [
                    ".dockerignore", "Dockerfile", "a.txt", "b.txt", "dir", "dir/sub", "dir/sub/two", "empty", "link",
                ]
            )
            try BuildFixture.write("**\n!c.md\n", to: "\(fixture.directory)/context/Dockerfile.dockerignore")
            let own = try await list(.named("Dockerfile"))
            #expect(own == ["c.md"])
        }
    }

    @Test("with --link a copy does not look at what lies below, and is cached whatever that is")
    func link() async throws {
        try await BuildFixture.with { fixture in
            let dockerfile = "FROM base\nARG CHANGE\nRUN echo $CHANGE > /change\nCOPY --link --chown=7:8 dir /linked/"
            let first = try await fixture.files(dockerfile, Self.tree) { $0.arguments["CHANGE"] = "1" }
            #expect(first.status("/linked") == "755 7:8")
            #expect(first.status("/linked/sub/two") == "644 7:8")
            let second = try await fixture.build(dockerfile, Self.tree) { $0.arguments["CHANGE"] = "2" }
            #expect(second.cachedStepCount == 1)
        }
    }

    @Test("here-documents become files, with variables in them unless the word is quoted")
    func inline() async throws {
        try await BuildFixture.with { fixture in
            let files = try await fixture.files(
                """
                FROM base
                ARG NAME=world
                COPY <<one <<-"two" /here/
                hello $NAME
                one
                \t$NAME
                two
                """
            )
            #expect(try files.text("/here/one") == "hello world\n")
            #expect(try files.text("/here/two") == "$NAME\n")
            #expect(files.status("/here/one") == "644 0:0")
        }
    }

    @Test("files of a stage, an image or a named directory keep their owners, those of a directory get root's")
    func origins() async throws {
        try await BuildFixture.with { fixture in
            _ = try fixture.context(["n": "named"], named: "other")
            let files = try await fixture.files(
                """
                FROM base AS made
                RUN mkdir /m && echo x > /m/x && chown 12:34 /m/x && chmod 600 /m/x && ln /m/x /m/hard
                FROM base
                COPY --from=made /m /stage/
                COPY --from=0 /m/x /number
                COPY --from=base /etc/passwd /image
                COPY --from=extra n /named
                """
            ) { $0.contexts["extra"] = .directory(fixture.directory.appending("other")) }
            #expect(files.status("/stage/x") == "600 12:34")
            #expect(files.status("/number") == "600 12:34")
            #expect(try files.text("/image").hasPrefix("root:"))
            #expect(files.status("/named") == "644 0:0")
            #expect(try Shell.output("stat -c %h '\(files.root)/stage/hard'") == "2\n")
        }
    }
}

@Suite("Hostile paths in builds", .runsBuilds)
struct HostilePathTests {
    @Test("no link in an image leads a copy out of the image")
    func destinations() async throws {
        try await BuildFixture.with { fixture in
            let victim = fixture.directory.appending("victim")
            try Shell.run("mkdir '\(victim)' && echo safe > '\(victim)/file'")
            let files = try await fixture.files(
                """
                FROM base
                RUN ln -s \(victim) /absolute && ln -s ../../../../../../..\(victim) /relative && \
                    ln -s /srv /inside && ln -s /absent/deep /dangling
                COPY file /absolute/
                COPY file /relative/new
                COPY file /inside/
                COPY file /dangling/
                """,
                ["file": "hostile"]
            )
            #expect(try Shell.output("ls '\(victim)'") == "file\n")
            #expect(try Shell.text("\(victim)/file") == "safe\n")
            #expect(try files.text("\(victim)/file") == "hostile")
            #expect(try files.text("/srv/file") == "hostile")
            #expect(try files.text("/absent/deep/file") == "hostile")
            await #expect(throws: ImageBuilderError.self) {
                try await fixture.build("FROM base\nRUN ln -s /loop /loop\nCOPY file /loop/", ["file": "x"])
            }
        }
    }

    @Test("no link in a context leads a copy out of the context")
    func sources() async throws {
        try await BuildFixture.with { fixture in
            try Shell.run("echo secret > '\(fixture.directory)/secret'")
            for (path, source) in [("out", "out"), ("dir/up", "dir/up"), ("sub", "sub/secret")] {
                let target =
                    path == "sub" ? "-> .." : path == "out" ? "-> \(fixture.directory)/secret" : "-> ../../secret"
                await #expect(throws: ImageBuilderError.self) {
                    try await fixture.build("FROM scratch\nCOPY \(source) /stolen", [path: target])
                }
            }
            // A link that is copied as one points wherever it likes, but its target is not read.
            let files = try await fixture.files("FROM scratch\nCOPY . /", ["a": "-> /etc/shadow"])
            #expect(try Shell.output("readlink '\(files.root)/a'") == "/etc/shadow\n")
        }
    }

    @Test("a file in a nested directory replaces no directory, and a link in its place is not followed")
    func nested() async throws {
        try await BuildFixture.with { fixture in
            for before in ["mkdir -p /d/sub/x", "mkdir /d && ln -s /etc /d/sub"] {
                let files = before.contains("ln") ? ["d/sub/passwd": "root"] : ["d/sub/x": "file"]
                let error = await #expect(throws: ImageBuilderError.self) {
                    try await fixture.build("FROM base\nRUN \(before)\nCOPY d /d", files)
                }
                #expect(error?.code == .invalidDestination)
            }
        }
    }
}
