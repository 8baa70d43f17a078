// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage
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

    @Test("ps finds containers of images that were made from another, and not those of what that was made from")
    func descendants() async throws {
        let tool = try Tool()
        try tool.directory.write("FROM box\nLABEL stage=test\n", to: "labelled")
        try tool.directory.write("FROM labelled\nRUN touch /more\n", to: "grown")
        for name in ["labelled", "grown"] {
            let input = tool.directory.path.appending(name).string
            let built = try await tool.finish("build", "-t", name, "-", input: input)
            try #require(built.status == 0, "\(built.error)")
        }
        for image in ["box", "labelled", "grown"] {
            try #require(try await tool.finish("run", "-d", "--name", image, image, "sleep", "1000").status == 0)
        }
        #expect(try await names(tool, "ancestor=box") == ["box", "labelled", "grown"])
        #expect(try await names(tool, "ancestor=labelled") == ["labelled", "grown"])
        #expect(try await names(tool, "ancestor=grown") == ["grown"])
        #expect(try await tool.finish("commit", "grown", "committed").status == 0)
        #expect(try await tool.finish("run", "-d", "--name", "late", "committed", "sleep", "1000").status == 0)
        #expect(try await names(tool, "ancestor=grown") == ["grown", "late"])
        #expect(try await names(tool, "ancestor=committed", "ancestor=grown") == ["grown", "late"])
        #expect(try await names(tool, "ancestor=committed") == ["late"])
    }

    @Test("events tells what passes")
    func events() async throws {
        let tool = try Tool()
        try await tool.finish("run", "--name", "job", "box", "sh", "-c", "exit 3")
        try await tool.finish("run", "--name", "other", "box", "true")
        let filters = ["-f", "event=die", "-f", "event=create", "--filter", "container=job", "-f", "image=box"]
        let told = try await tool.finish(["events", "--since", "1h", "--until", "0s"] + filters)
        #expect(told.status == 0 && told.lines.count == 1, "\(told)")
        #expect(told.output.contains(" container die ") && told.output.contains("exitCode=3"), "\(told.output)")
        let all = try await tool.finish("events", "--since", "1h", "--until", "0s", "--filter", "type=container")
        #expect(all.lines.count > 3)
        let none = try await tool.finish("events", "--since", "1h", "--until", "0s", "--filter", "type=service")
        #expect(none.status == 0 && none.output.isEmpty)
    }

    @Test(
        "a filter without a value, or of no known name, is refused in the same words everywhere",
        arguments: [
            ["ps"], ["events"], ["images"], ["image", "prune", "-f"], ["volume", "ls"], ["volume", "prune", "-f"],
            ["container", "prune", "-f"],
        ]
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
