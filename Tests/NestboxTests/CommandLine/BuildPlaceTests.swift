// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@Suite("Where a build's files come from", .runsTool)
struct BuildPlaceTests {
    /// Makes a directory with these files.
    private func directory(_ tool: Tool, _ files: [String: String]) throws -> String {
        for (name, text) in files {
            let path = tool.directory.path.appending("files/\(name)")
            try Shell.run(["mkdir", "-p", path.removingLastComponent().string])
            try tool.directory.write(text, to: "files/\(name)")
        }
        return tool.directory.path.appending("files").string
    }

    private static let files = [
        "Dockerfile": "FROM box\nCOPY . /all\nCMD [\"cat\", \"/all/file\"]\n", "file": "content\n",
        "sub/Other": "FROM box\nCOPY s /\nCMD [\"cat\", \"/s\"]\n", "sub/s": "in sub\n",
    ]

    @Test("an archive on standard input is the context, and the Dockerfile a file in it")
    func standardInput() throws {
        let tool = try Tool()
        let place = try directory(tool, Self.files)
        let archive = tool.directory.path.appending("context.tar.gz").string
        try Shell.run(["tar", "-C", place, "-czf", archive, "."])
        let built = try tool.run("build", "-t", "app", "-", input: archive)
        #expect(built.status == 0, "\(built.error)")
        #expect(try tool.run("run", "--rm", "app").output == "content\n")
        try Shell.run(["tar", "-C", place + "/sub", "-cf", archive, "."])
        #expect(try tool.run("build", "-t", "sub", "-f", "Other", "-", input: archive).status == 0)
        #expect(try tool.run("run", "--rm", "sub").output == "in sub\n")
        #expect(try tool.run("build", "-f", "-", "-", input: archive).status != 0)
    }

    @Test("a directory of a repository is the context, at a branch or tag", .needsTools("git"))
    func repository() throws {
        let tool = try Tool()
        let place = try directory(tool, Self.files)
        let git = ["git", "-C", place, "-c", "user.name=a", "-c", "user.email=a@b.invalid"]
        for words in [["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "one"], ["tag", "v1"]] {
            #expect(try Shell.run(git + words).status == 0)
        }
        try tool.directory.write("changed\n", to: "files/file")
        #expect(try Shell.run(git + ["commit", "-q", "-a", "-m", "two"]).status == 0)
        for (address, output) in [("", "changed\n"), ("#v1", "content\n")] {
            let built = try tool.run("build", "-t", "app", "file://\(place)\(address)")
            #expect(built.status == 0, "\(built.error)")
            #expect(try tool.run("run", "--rm", "app").output == output)
        }
        #expect(try tool.run("build", "-t", "sub", "-f", "Other", "file://\(place)#main:sub").status == 0)
        #expect(try tool.run("run", "--rm", "sub").output == "in sub\n")
        let missing = try tool.run("build", "file://\(place)#nothing")
        #expect(missing.status == 1)
        #expect(missing.error.contains("nothing"))
    }

    @Test(
        "nothing that the user's own Git would run on a checkout runs: no hook, no filter, no monitor",
        .needsTools("git")
    )
    func nothingRuns() throws {
        let tool = try Tool()
        let place = try directory(tool, Self.files.merging([".gitattributes": "* filter=run\n"]) { $1 })
        let mark = tool.directory.path.appending("ran").string
        try tool.directory.write("#!/bin/sh\ntouch \(mark)\n", to: "post-checkout", mode: 0o755)
        let settings = """
            [core]
                hooksPath = \(tool.directory.path)
                fsmonitor = touch \(mark)
            [filter "run"]
                smudge = touch \(mark); cat
            [init]
                templateDir = \(tool.directory.path)

            """
        try tool.directory.write(settings, to: ".gitconfig")
        let git = ["git", "-C", place, "-c", "user.name=a", "-c", "user.email=a@b.invalid"]
        for words in [["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "one"]] {
            #expect(try Shell.run(git + words).status == 0)
        }
        let environment = ["HOME=\(tool.directory.path)", "NESTBOX_ROOT=\(tool.root)"]
        // They would: a clone by hand runs them.
        let clone = tool.directory.path.appending("clone").string
        #expect(try Shell.run(["git", "clone", "-q", "file://\(place)", clone], environment: environment).status == 0)
        #expect(access(mark, F_OK) == 0)
        unlink(mark)
        let words = [tool.path.string, "build", "-t", "app", "file://\(place)"]
        let built = try Shell.run(words, environment: environment)
        #expect(built.status == 0, "\(built.error)")
        #expect(access(mark, F_OK) != 0)
    }

    @Test("an archive or a Dockerfile behind an address is the context", .needsTools("python3"))
    func address() throws {
        let tool = try Tool()
        let place = try directory(tool, Self.files)
        let served = tool.directory.path.appending("served").string
        try Shell.run(["mkdir", served])
        try Shell.run(["tar", "-C", place, "-cf", "\(served)/context.tar", "."])
        try tool.directory.write("FROM box\nRUN echo alone > /x\nCMD [\"cat\", \"/x\"]\n", to: "served/Dockerfile")
        let script = """
            import functools, http.server, sys
            handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
            print(server.server_port, flush=True)
            server.serve_forever()
            """
        let output = tool.directory.path.appending("port")
        let pid = try Shell.start(["python3", "-c", script, served], output: output.string)
        defer {
            kill(pid, SIGKILL)
            _ = Shell.wait(pid)
        }
        var port = ""
        for _ in 0..<400 where port.isEmpty {
            port = ((try? Shell.text(of: output)) ?? "").filter(\.isNumber)
            if port.isEmpty { usleep(25_000) }
        }
        let address = "http://127.0.0.1:\(port)"
        #expect(try tool.run("build", "-t", "app", "\(address)/context.tar").status == 0)
        #expect(try tool.run("run", "--rm", "app").output == "content\n")
        #expect(try tool.run("build", "-t", "alone", "\(address)/Dockerfile").status == 0)
        #expect(try tool.run("run", "--rm", "alone").output == "alone\n")
        let missing = try tool.run("build", "\(address)/nothing")
        #expect(missing.status == 1)
        #expect(missing.error.contains("404"))
        try tool.directory.write("FROM box\nCOPY --from=up file /f\nCMD [\"cat\", \"/f\"]\n", to: "named")
        let dockerfile = tool.directory.path.appending("named").string
        let context = "up=\(address)/context.tar"
        let built = try tool.run("build", "-t", "named", "--build-context", context, "-", input: dockerfile)
        #expect(built.status == 0, "\(built.error)")
        #expect(try tool.run("run", "--rm", "named").output == "content\n")
    }

    @Test("a cache in a registry makes the build of an empty root one without commands", .runsRegistry)
    func registryCache() throws {
        let registry = try TestRegistry()
        let (first, second) = (try Tool(), try Tool())
        let base = "\(registry.authority)/box"
        try first.run("tag", "box", base)
        #expect(try first.run("push", "-q", base).status == 0)
        let text = "FROM \(base) AS made\nRUN echo made > /x\nFROM \(base)\nCOPY --from=made /x /\nRUN echo last > /y\n"
        let cache = "\(registry.authority)/team/cache:main"
        let (mine, theirs) = (
            try directory(first, ["Dockerfile": text]), try directory(second, ["Dockerfile": text])
        )
        let built = try first.run("build", "--cache-to", "type=registry,ref=\(cache),mode=max", mine)
        #expect(built.status == 0, "\(built.error)")
        for source in [cache, "type=registry,ref=\(cache)"] {
            let again = try second.run("build", "--cache-from", source, theirs)
            #expect(again.status == 0, "\(again.error)")
            #expect(again.error.contains("3 of 3 steps cached"), "\(again.error)")
            try second.run("builder", "prune")
        }
        for refused in [
            "type=registry", "type=s3,bucket=x", "type=registry,ref=\(cache),mode=most", "type=local,dest=x,what=ever",
            "type=registry,ref=\(cache),compression=zstd", "type=local",
        ] {
            #expect(try first.run("build", "--cache-to", refused, mine).status != 0, "\(refused)")
        }
    }
}
