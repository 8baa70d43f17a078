// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import Nestbox

@Suite("Programs that exec leaves behind", .runsTool)
struct DetachedExecutionTests {
    private func makeContainer(_ tool: Tool) async throws {
        let started = try await tool.finish("run", "-d", "--name", "main", "box", "sleep", "1000")
        try #require(started.status == 0, "\(started.error)")
    }

    /// What a file of the container says, once it says anything.
    private func text(of path: String, _ tool: Tool) async throws -> String {
        while true {
            let read = try await tool.finish("exec", "main", "cat", path)
            if read.status == 0, !read.output.isEmpty { return read.output }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// The monitors of a root that run now.
    private func monitors(_ tool: Tool) throws -> [String] {
        try Directory("/proc").names.filter { Int($0) != nil }.filter { pid in
            guard let words = try? Shell.text(of: FilePath("/proc/\(pid)/cmdline")) else { return false }
            return words.contains("monitor") && words.contains(tool.root.string)
        }
    }

    @Test("it goes on when exec has returned, has its environment, and reads nothing")
    func goesOn() async throws {
        let tool = try Tool()
        try await makeContainer(tool)
        let script = "cat; echo $COLOUR > /tmp/mark; exec sleep 1234"
        let left = try await tool.finish("exec", "-d", "-e", "COLOUR=red", "main", "sh", "-c", script)
        #expect(left.status == 0, "\(left.error)")
        #expect(left.output == "")
        #expect(try await text(of: "/tmp/mark", tool) == "red\n")
        var listed = ""
        while !listed.contains("sleep 1234") {
            listed = try await tool.finish("top", "--format", "json", "main").output
        }
        // With the container it ends, and who looked after it too.
        #expect(try monitors(tool).count == 2)
        #expect(try await tool.finish("rm", "-f", "main").status == 0)
        while try !monitors(tool).isEmpty { try await Task.sleep(for: .milliseconds(10)) }
    }

    @Test("one that has ended is not waited for by anyone, and leaves no process")
    func ends() async throws {
        let tool = try Tool()
        try await makeContainer(tool)
        #expect(try await tool.finish("exec", "-d", "main", "sh", "-c", "exit 3").status == 0)
        while try monitors(tool).count > 1 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(try await tool.finish("exec", "main", "true").status == 0)
    }

    @Test("with a terminal it never waits for someone to read")
    func terminal() async throws {
        let tool = try Tool()
        try await makeContainer(tool)
        let script = "test -t 1 && seq 100000 && echo yes > /tmp/mark"
        #expect(try await tool.finish("exec", "-dt", "main", "sh", "-c", script).status == 0)
        #expect(try await text(of: "/tmp/mark", tool) == "yes\n")
    }

    @Test("what can't be run is told, with the codes of exec")
    func refused() async throws {
        let tool = try Tool()
        try await makeContainer(tool)
        #expect(try await tool.finish("exec", "-d", "main", "nosuch").status == 127)
        #expect(try await tool.finish("exec", "-d", "main", "/etc/passwd").status == 126)
        #expect(try await tool.finish("exec", "-d", "nosuch", "true").status != 0)
        while try monitors(tool).count > 1 { try await Task.sleep(for: .milliseconds(10)) }
    }
}
