// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@Suite("Builds of the command-line tool", .runsTool)
struct BuildVerbTests {
    /// The tool with a context of these files, which is a directory `context`.
    private func tool(_ dockerfile: String, _ files: [String: String] = [:]) throws -> (Tool, context: String) {
        let tool = try Tool()
        let context = tool.directory.path.appending("context").string
        mkdir(context, 0o755)
        for (name, text) in files.merging(["Dockerfile": dockerfile], uniquingKeysWith: { $1 }) {
            try tool.directory.write(text, to: "context/\(name)")
        }
        return (tool, context)
    }

    @Test("a Dockerfile becomes an image that runs, under all its names")
    func builds() async throws {
        let (tool, context) = try tool(
            """
            FROM box
            ARG WHO=nobody
            COPY file /file
            RUN echo "hello $WHO" > /greeting
            CMD ["cat", "/greeting", "/file"]
            """,
            ["file": "content\n"]
        )
        let built = try await tool.finish(
            "build",
            "-t",
            "app",
            "-t",
            "app:2",
            "--build-arg",
            "WHO=you",
            "--label",
            "a=b",
            "--iidfile",
            tool.directory.path.appending("id").string,
            context
        )
        #expect(built.status == 0)
        #expect(built.output.isEmpty)
        #expect(built.error.contains("RUN echo"))
        #expect(try await tool.finish("run", "--rm", "app:2").output == "hello you\ncontent\n")
        let quiet = try await tool.finish(
            "build",
            "-q",
            "-t",
            "app",
            "--build-arg",
            "WHO=you",
            "--label",
            "a=b",
            context
        )
        #expect(quiet.error.isEmpty)
        #expect(quiet.output == (try Shell.text(of: tool.directory.path.appending("id"))) + "\n")
    }

    @Test("a Dockerfile may come from standard input, and files may go to standard output")
    func streams() async throws {
        let (tool, context) = try tool("FROM nowhere", ["file": "content"])
        try tool.directory.write("FROM scratch\nCOPY file /\n", to: "other")
        let input = tool.directory.path.appending("other").string
        let built = try await tool.finish("build", "-f", "-", "-o", "-", context, input: input)
        #expect(built.status == 0)
        #expect(built.output.contains("content"))
        // The archive alone: an identifier before it would spoil it.
        let image = try await tool.finish("build", "-q", "-f", "-", "-o", "type=oci,dest=-", context, input: input)
        #expect(image.status == 0 && !image.output.hasPrefix("sha256:"))
        #expect(image.output.contains("oci-layout"))
        let twice = try await tool.finish("build", "-f", "-", "-o", "-", "-o", "type=oci,dest=-", context, input: input)
        #expect(twice.status == 1 && twice.output.isEmpty)
        #expect(twice.error.contains("one archive only"))
        let without = try await tool.finish("build", "-q", "-", input: input)
        #expect(without.status == 1)
        #expect(without.error.contains("no context"))
    }

    @Test("what is wrong is shown with its file, line and a caret")
    func failure() async throws {
        let (tool, context) = try tool("FROM box\nRUN echo said; exit 4\n")
        let failed = try await tool.finish("build", context)
        #expect(failed.status == 1)
        #expect(failed.error.contains("said"))
        #expect(failed.error.contains("Dockerfile:2:1: "))
        #expect(failed.error.contains("2 | RUN echo said; exit 4"))
        #expect(failed.error.contains("^~~~"))
        // The network that the command had is down again.
        let network = tool.root.appending("networks/bridge")
        #expect(access(network.appending("network.json").string, F_OK) == 0)
        #expect(access(network.appending("up").string, F_OK) != 0)
    }

    @Test("a check names broken rules and builds nothing")
    func check() async throws {
        let (tool, context) = try tool("FROM box AS One\nRUN touch /never\n")
        let checked = try await tool.finish("build", "--check", context)
        #expect(checked.status == 1)
        #expect(checked.output.contains("StageNameCasing"))
        let (clean, other) = try self.tool("FROM box\nRUN true\n")
        let passed = try clean.run("build", "--check", other)
        #expect(passed.status == 0)
        #expect(passed.output == "Check complete, no warnings found.\n")
    }

    @Test("a stage that is not there is refused with those that are")
    func target() async throws {
        let (tool, context) = try tool("FROM box AS base\nFROM base AS server\nRUN true\n")
        let refused = try await tool.finish("build", "--target", "nosuch", context)
        #expect(refused.status == 1)
        #expect(refused.error == "nestbox: no such stage: nosuch; there are: base, server\n")
        let nameless = try self.tool("FROM box\n")
        let other = try await nameless.0.finish("build", "--target", "nosuch", nameless.1)
        #expect(other.error == "nestbox: no such stage: nosuch; none has a name\n")
    }

    @Test("secrets come from files and variables, and flags without sense are refused")
    func flags() async throws {
        let (tool, context) = try tool("FROM box\nRUN --mount=type=secret,id=s cat /run/secrets/s\n")
        try tool.directory.write("from a file\n", to: "secret")
        let path = tool.directory.path.appending("secret").string
        let built = try await tool.finish("build", "--secret", "id=s,src=\(path)", context)
        #expect(built.status == 0)
        #expect(built.error.contains("from a file"))
        for arguments in [
            ["--secret", "src=x"], ["--secret", "id=s,src=/no/such/file"], ["--network", "bridge"],
            ["--output", "type=local"], ["--cache-from", "type=registry"],
            ["--build-arg", "=x"], ["--allow", "everything"], ["--add-host", "x"], ["--platform", "a/b/c/d"],
        ] {
            let refused = try Shell.run(
                [tool.path.string, "build"] + arguments + [context],
                environment: ["NESTBOX_ROOT=\(tool.root)"]
            )
            #expect(refused.status != 0, "\(arguments)")
        }
    }
}
