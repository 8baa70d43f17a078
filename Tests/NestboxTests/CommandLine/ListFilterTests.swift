// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@Suite("Filters of the command-line tool's lists", .runsTool)
struct ListFilterTests {
    @Test("ps lists what passes, by what the engine knows of networks and images too")
    func containers() async throws {
        let tool = try Tool()
        try await tool.finish("network", "create", "own")
        try await tool.finish("tag", "box", "other:1")
        let ran = try await tool.finish("run", "-d", "--name", "web", "--label", "stage=test", "box", "sleep", "1000")
        try #require(ran.status == 0, "\(ran.error)")
        #expect(try await tool.finish("network", "connect", "own", "web").status == 0)
        #expect(try await tool.finish("run", "--name", "job", "-v", "data:/d", "box", "sh", "-c", "exit 3").status == 3)
        try await tool.finish("create", "--name", "idle", "--network", "none", "box")

        #expect(try await names(tool, "label=stage=test") == ["web"])
        #expect(try await names(tool, "network=own") == ["web"])
        #expect(try await names(tool, "network=bridge") == ["web"])
        #expect(try await names(tool, "ancestor=other:1") == ["web"])
        #expect(try await names(tool, "ancestor=nosuch") == [])
        #expect(try await names(tool, "exited=3") == ["job"])
        #expect(try await names(tool, "status=created") == ["idle"])
        #expect(try await names(tool, "status=exited", "status=running") == ["web", "job"])
        #expect(try await names(tool, "volume=data") == [])
        #expect(try await tool.finish("ps", "-aq", "--filter", "volume=data").lines.count == 1)
        #expect(try await tool.finish("ps", "-aq", "-f", "ancestor=box").lines.count == 3)
        #expect(try await tool.finish("ps", "-aq", "-f", "network=none").lines.count == 1)
    }

    @Test(
        "a filter without a value, or of no known name, is refused in the same words everywhere",
        arguments: [["ps"], ["images"], ["image", "prune", "-f"], ["volume", "ls"], ["volume", "prune", "-f"]]
    )
    func refused(verb: [String]) async throws {
        let tool = try Tool()
        let bare = try await tool.finish(verb + ["--filter", "label"])
        #expect(bare.status == 1 && bare.output.isEmpty)
        #expect(bare.error == "nestbox: the filter 'label' can't be used: it has the form NAME=VALUE\n")
        let unknown = try await tool.finish(verb + ["--filter", "nosuch=1"])
        #expect(unknown.status == 1 && unknown.output.isEmpty)
        #expect(unknown.error.hasPrefix("nestbox: the filter 'nosuch=1' can't be used: 'nosuch' is none of "))
    }

    private func names(_ tool: Tool, _ filters: String...) async throws -> Set<String> {
        let listed = try await tool.finish(["ps"] + filters.flatMap { ["--filter", $0] })
        #expect(listed.status == 0, "\(listed.error)")
        return Set(listed.lines.dropFirst().compactMap { $0.split(separator: " ").last.map(String.init) })
    }
}
