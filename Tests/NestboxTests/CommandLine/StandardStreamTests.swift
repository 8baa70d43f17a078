// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage
import Testing

@Suite("Standard streams that are closed or full", .runsTool)
struct StandardStreamTests {
    @Test(
        "a program gets nothing of the tool's own where the tool has no input",
        arguments: ["run --rm -i", "exec -i"]
    )
    func closedInput(verb: String) async throws {
        let tool = try Tool()
        try #require(try await tool.finish("run", "-d", "--name", "host", "box", "sleep", "1000").status == 0)
        let place = verb.hasPrefix("run") ? "box" : "host"
        let finished = try await shell(tool, "exec \"$0\" \(verb) \(place) ls -l /proc/self/fd/0 <&-")
        #expect(finished.status == 0, "\(finished.error)")
        #expect(finished.output.contains("/dev/null") || finished.output.contains("pipe:"), "\(finished.output)")
    }

    @Test(
        "what is printed where nothing is open to print to goes nowhere",
        arguments: [">&-", "<&- >&-", "<&- >&- 2>&-"]
    )
    func closedOutput(redirection: String) async throws {
        let tool = try Tool()
        for name in ["one", "two"] {
            let finished = try await shell(tool, "exec \"$0\" volume create \(name) \(redirection)")
            #expect(finished.status == 0 && finished.output.isEmpty && finished.error.isEmpty)
        }
        #expect(try await tool.finish("volume", "ls", "-q").lines == ["one", "two"])
    }

    @Test(
        "output that could not be written is an error",
        arguments: ["ps -a", "images", "inspect made", "system info"]
    )
    func fullOutput(verb: String) async throws {
        let tool = try Tool()
        try await tool.finish("create", "--name", "made", "box")
        let finished = try await shell(tool, "exec \"$0\" \(verb) >/dev/full")
        #expect(finished.status == 1)
        #expect(
            finished.error == "nestbox: not all of the output could be written: No space left on device\n",
            "\(finished.error)"
        )
    }

    @Test(
        "an archive is not written to a terminal",
        arguments: ["save box", "export made", "volume export data", "build -o - .", "build -o type=oci,dest=- ."]
    )
    func terminal(verb: String) async throws {
        let tool = try Tool()
        try await tool.finish("create", "--name", "made", "box")
        try await tool.finish("volume", "create", "data")
        let spawn = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
        let finished = try await shell(tool, "cd /dev/shm && python3 -c '\(spawn)' \"$0\" \(verb)")
        #expect(finished.status != 0 && finished.output.contains("terminal"), "\(finished.output)")
        #expect(!finished.output.utf8.contains(0))
    }

    private func shell(_ tool: Tool, _ script: String) async throws -> Finished {
        let words = ["sh", "-c", script, tool.path.string]
        let environment = ["NESTBOX_ROOT=\(tool.root)"]
        return try await OwnThread.run { try Shell.run(words, environment: environment) }
    }
}
