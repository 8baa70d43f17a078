// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@Suite("Images between the command-line tool and a registry", .runsTool, .runsRegistry)
struct RegistryVerbTests {
    @Test("an image is pushed, and run from the registry by who does not have it")
    func pushAndRun() async throws {
        let registry = try TestRegistry()
        let name = "\(registry.authority)/team/box:1"
        let tool = try Tool()
        try await tool.finish("tag", "box", name)
        let pushed = try await tool.finish("push", name)
        #expect(pushed.lines.first == "The push refers to repository [\(registry.authority)/team/box]")
        #expect(pushed.lines.last?.hasPrefix("1: digest: sha256:") == true)
        #expect(try await tool.finish("push", "-q", name).lines == [name])
        try await tool.finish("rmi", "box", name)
        #expect(try await tool.finish("images", "-q").lines.isEmpty)

        #expect(try await tool.finish("run", "--rm", "--pull", "never", name).status == 125)
        let ran = try await tool.finish("run", "--rm", name)
        #expect(ran.output == "from the image\n")
        #expect(try await tool.finish("run", "--rm", "--pull", "always", name).output == "from the image\n")
        #expect(try await tool.finish("run", "--rm", "--pull", "sometimes", name).status == 125)
    }

    @Test("a pull says what came, the second time that nothing did")
    func pull() async throws {
        let registry = try TestRegistry()
        let tool = try Tool()
        for tag in ["one", "two"] {
            try await tool.finish("tag", "box", "\(registry.authority)/box:\(tag)")
        }
        let pushed = try await tool.finish("push", "-a", "\(registry.authority)/box")
        // One layer; of the configuration nothing is told. The second tag is of the same layer.
        #expect(pushed.status == 0 && pushed.lines.count { $0.hasSuffix(": Pushed") } == 1, "\(pushed)")
        #expect(pushed.lines.last { $0.contains(": Pushed") || $0.contains(": Layer") }?.hasSuffix(" exists") == true)
        try await tool.finish("rmi", "-f", "box", "\(registry.authority)/box:one", "\(registry.authority)/box:two")

        let first = try await tool.finish("pull", "\(registry.authority)/box:one")
        #expect(first.lines.first == "one: Pulling from \(registry.authority)/box")
        #expect(first.lines.contains { $0.hasSuffix(": Pull complete") })
        #expect(first.lines.contains { $0.hasPrefix("Digest: sha256:") })
        #expect(first.lines.contains("Status: Downloaded newer image for \(registry.authority)/box:one"))
        #expect(first.lines.last == "\(registry.authority)/box:one")
        let second = try await tool.finish("pull", "\(registry.authority)/box:one")
        #expect(second.lines.contains { $0.hasSuffix(": Already exists") })
        #expect(!second.lines.contains { $0.hasSuffix(": Pull complete") })
        #expect(second.lines.contains("Status: Image is up to date for \(registry.authority)/box:one"))

        let all = try await tool.finish("pull", "-q", "-a", "\(registry.authority)/box")
        #expect(all.lines.sorted() == ["one", "two"].map { "\(registry.authority)/box:\($0)" })
        #expect(try await tool.finish("pull", "-a", "\(registry.authority)/box:one").status != 0)
        #expect(try await tool.finish("pull", "\(registry.authority)/box:none").status == 1)
        #expect(try await tool.finish("pull", "--platform", "linux/s390x", "\(registry.authority)/none").status == 1)
    }

    @Test("an image that has a layer twice is pushed, pulled, run, saved and loaded")
    func layerTwice() async throws {
        let registry = try TestRegistry()
        let tool = try Tool()
        let name = "\(registry.authority)/twice"
        try tool.directory.write("content\n", to: "file")
        try tool.directory.write("FROM box\nCOPY file /f\nRUN rm /f; mkdir /d\nCOPY file /f\n", to: "Dockerfile")
        let built = try await tool.finish(
            "build",
            "--build-arg",
            "SOURCE_DATE_EPOCH=1700000000",
            "-t",
            name,
            tool.directory.path.string
        )
        #expect(built.status == 0, "\(built.error)")
        let archive = tool.directory.path.appending("twice.tar").string
        #expect(try await tool.finish("save", "-o", archive, name).status == 0)
        #expect(try await tool.finish("push", name).status == 0)
        for arrival in [["pull", name], ["load", "-i", archive]] {
            try await tool.finish("rmi", "-f", "box", name)
            #expect(try await tool.finish("system", "prune", "-f", "-a").status == 0)
            let arrived = try await tool.finish(arrival)
            #expect(arrived.status == 0, "\(arrived.error)")
            let ran = try await tool.finish("run", "--rm", name, "sh", "-c", "cat /f; ls -d /d")
            #expect(ran.output == "content\n/d\n", "\(ran.error)")
        }
    }

    @Test("a login is kept until the logout, and no password shows")
    func login() async throws {
        let registry = try TestRegistry(user: "ci")
        let tool = try Tool()
        let name = "\(registry.authority)/box"
        try await tool.finish("tag", "box", name)
        #expect(try await tool.finish("push", name).status == 1)

        try tool.directory.write("wrong\n", to: "wrong")
        try tool.directory.write("secret\n", to: "password")
        let (wrong, right) = (tool.directory.path.appending("wrong"), tool.directory.path.appending("password"))
        let refused = try await tool.finish(
            "login",
            "-u",
            "ci",
            "--password-stdin",
            registry.authority,
            input: wrong.string
        )
        #expect(refused.status == 1)
        #expect(!refused.error.contains("wrong"))
        #expect(try await tool.finish("login", "--password-stdin", registry.authority).status != 0)
        #expect(try await tool.finish("login", registry.authority).status != 0)

        let accepted = try await tool.finish(
            "login",
            "-u",
            "ci",
            "--password-stdin",
            registry.authority,
            input: right.string
        )
        #expect(accepted.status == 0)
        #expect(accepted.output == "Login Succeeded\n")
        #expect(!(accepted.output + accepted.error).contains("secret"))
        #expect(try await tool.finish("push", name).status == 0)
        #expect(try await tool.finish("login", registry.authority).lines.last == "Login Succeeded")

        let left = try await tool.finish("logout", registry.authority)
        #expect(left.output == "Removing login credentials for \(registry.authority)\n")
        #expect(try await tool.finish("push", name).status == 1)
        #expect(
            try await tool.finish("logout", registry.authority).output == "Not logged in to \(registry.authority)\n"
        )
    }
}
