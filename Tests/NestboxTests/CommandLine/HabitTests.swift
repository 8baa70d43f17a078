// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage
import Testing

@Suite("What users of other command lines are used to", .runsTool)
struct HabitTests {
    @Test("inspect prints what there is, and ends with 1 for what there is not")
    func inspection() async throws {
        let tool = try Tool()
        try await tool.finish("create", "--name", "made", "box")
        try await tool.finish("volume", "create", "made")
        try await tool.finish("network", "create", "--subnet", "10.231.78.0/24", "made")
        for (verb, kind) in [([], "container"), (["volume"], "volume"), (["network"], "network")] {
            let finished = try await tool.finish(verb + ["inspect", "--format", "json", "nosuch", "made"])
            #expect(finished.status == 1)
            #expect(finished.output.contains("\"made\"") || finished.output.contains("\"/made\""), "\(finished.output)")
            #expect(finished.error == "nestbox: no such \(kind): nosuch\n")
        }
    }

    @Test("a time of -1 lets a program end in peace", arguments: [["--time", "-1"], ["-t", "-1"], ["--time=-1"], []])
    func patience(flags: [String]) async throws {
        let tool = try Tool()
        let script = "trap 'sleep 1; exit 3' TERM; echo ready; while :; do sleep 0.1; done"
        let limit = flags.isEmpty ? ["--stop-timeout", "-1"] : ["--stop-timeout", "0"]
        let started = try await tool.finish(["run", "-d", "--name", "slow"] + limit + ["box", "sh", "-c", script])
        try #require(started.status == 0, "\(started.error)")
        for _ in 0..<600 {
            guard try await tool.finish("logs", "slow").output.isEmpty else { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(try await tool.finish(["stop"] + flags + ["slow"]).status == 0)
        #expect(try await tool.finish("wait", "slow").output == "3\n")
    }

    @Test(
        "the verbs for containers stand behind 'container' too, with the same exit codes, and its prune takes what does not run"
    )
    func longForm() async throws {
        let tool = try Tool()
        let run = try await tool.finish("container", "run", "--name", "job", "box", "sh", "-c", "echo done; exit 3")
        #expect(run.status == 3 && run.output == "done\n", "\(run)")
        #expect(try await tool.finish("container", "run", "--pull", "never", "nosuch").status == 125)
        #expect(try await tool.finish("container", "run", "--rm", "box", "nosuch").status == 127)
        #expect(try await tool.finish("container", "rm", "nosuch").status == 1)
        try await tool.finish("container", "create", "--name", "idle", "box")
        try await tool.finish("container", "run", "-d", "--name", "busy", "box", "sleep", "100")
        for verb in [["ls"], ["list"], ["ps"]] {
            let shown = try await tool.finish(["container"] + verb + ["-aq"]).lines
            #expect(shown.count == 3)
            #expect(try await tool.finish("ps", "-aq").lines == shown)
        }
        let young = try await tool.finish("container", "prune", "-f", "--filter", "until=24h")
        #expect(young.output == "Total reclaimed space: 0B\n")
        let asked = try await tool.finish("container", "prune")
        #expect(asked.output.contains("Are you sure?") && asked.status == 0)
        let pruned = try await tool.finish("container", "prune", "-f")
        #expect(pruned.lines.prefix(3) == ["Deleted Containers:", "idle", "job"], "\(pruned.output)")
        #expect(try await tool.finish("container", "ls", "-aq").lines.count == 1)
        #expect(try await tool.finish("info").output.contains("1 (1 running)"))
    }

    @Test("a source of a mount that begins with a dot is in this directory")
    func mountFromHere() async throws {
        let tool = try Tool()
        try tool.directory.write("from here", to: "file")
        let script = """
            cd \(tool.directory.path) && exec "$0" run --rm --mount type=bind,src=./file,dst=/file box cat /file
            """
        let words = ["sh", "-c", script, tool.path.string]
        let environment = ["NESTBOX_ROOT=\(tool.root)"]
        let finished = try await OwnThread.run { try Shell.run(words, environment: environment) }
        #expect(finished.output == "from here", "\(finished.error)")
    }

    @Test("the volumes that were made for a container are listed by its name and by its identifier")
    func volumesOf() async throws {
        let tool = try Tool()
        try await tool.finish("volume", "create", "other")
        try #require(try await tool.finish("run", "--name", "user", "-v", "/cache", "box").status == 0)
        let identifier = try #require(try await tool.finish("ps", "-aq", "--no-trunc").lines.first)
        let volume = try await tool.finish("volume", "ls", "-q", "--filter", "anonymous=true").lines
        #expect(volume.count == 1)
        for name in ["user", identifier] {
            #expect(try await tool.finish("volume", "ls", "-q", "--filter", "container=\(name)").lines == volume)
        }
    }
}
