// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@Suite("What the command-line tool says of a container's state", .runsTool)
struct StateMessageTests {
    @Test("of a paused container it says that it is paused, whatever is asked for")
    func paused() async throws {
        let tool = try Tool()
        try #require(try await tool.finish("run", "-d", "--name", "still", "box", "sleep", "1000").status == 0)
        #expect(try await says(tool, "unpause", "still") == "nestbox: container 'still' is not paused\n")
        #expect(try await tool.finish("pause", "still").status == 0)
        #expect(try await says(tool, "pause", "still") == "nestbox: container 'still' is paused already\n")
        #expect(
            try await says(tool, "rm", "still").contains("container 'still' can't be removed: it is paused; stop it")
        )
        #expect(try await says(tool, "start", "still").contains("'still' is paused; 'nestbox unpause' lets it go on"))
        let executed = try await says(tool, "exec", "still", "true")
        #expect(executed == "nestbox: nothing can be executed in container 'still': it is paused\n")
        #expect(try await tool.finish("ps", "--format", "json").output.contains("(Paused)"))
        #expect(try await tool.finish("unpause", "still").status == 0)
        #expect(try await tool.finish("exec", "still", "true").status == 0)
        #expect(try await says(tool, "rm", "still").contains("it is running; stop it"))
    }

    @Test("stats shows one that does not run as using nothing if it is asked for by name, and not otherwise")
    func idle() async throws {
        let tool = try Tool()
        try await tool.finish("create", "--name", "idle", "box")
        let named = try await tool.finish("stats", "--no-stream", "idle")
        #expect(named.status == 0 && named.lines.count == 2)
        #expect(
            named.lines.last?.split(separator: " ").dropFirst() == [
                "idle", "0.00%", "0B", "/", "0B", "0B", "/", "0B", "0",
            ]
        )
        #expect(try await tool.finish("stats", "--no-stream").lines.count == 1)
    }

    @Test("a start that fails and what is missing of an exec end with 1, for the container is there already")
    func codes() async throws {
        let tool = try Tool()
        try await tool.finish("create", "--name", "broken", "box", "/nosuch")
        #expect(try await says(tool, "start", "broken").contains("'/nosuch' was not found"))
        #expect(try await says(tool, "start", "nobody").contains("no such container: nobody"))
        #expect(try await says(tool, "exec", "--env-file", "/nosuch", "broken", "true").contains("/nosuch"))
        #expect(try await says(tool, "exec", "broken").contains("Missing expected argument"))
    }

    /// What it writes to standard error, ending with 1 and printing nothing else.
    private func says(_ tool: Tool, _ words: String...) async throws -> String {
        let finished = try await tool.finish(words)
        #expect(finished.status == 1 && finished.output.isEmpty, "\(words): \(finished.status)")
        return finished.error
    }
}
