// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerNetwork
import Glibc
import SystemPackage
import Testing

@testable import Nestbox

@Suite("Detached containers of the command-line tool", .runsTool)
struct DetachedTests {
    @Test("one lives on without a daemon, is seen by other processes, stopped and removed by them")
    func lifecycle() async throws {
        let tool = try Tool()
        let started = try await tool.finish(
            "run",
            "-d",
            "--init",
            "--name",
            "web",
            "box",
            "sh",
            "-c",
            "echo up; sleep 100"
        )
        #expect(started.status == 0)
        let identifier = started.output.filter { $0 != "\n" }
        #expect(identifier.count == 64)
        #expect(try await tool.finish("ps", "-q").lines == [String(identifier.prefix(12))])
        #expect(try await tool.finish("logs", "web").output == "up\n")
        #expect(try await tool.finish("stop", "web").lines == ["web"])
        #expect(try await tool.finish("ps", "-q").lines.isEmpty)
        #expect(try await tool.finish("wait", "web").lines == ["143"])
        #expect(try await tool.finish("rm", "web").lines == ["web"])
        #expect(try await tool.finish("ps", "-aq").lines.isEmpty)
    }

    @Test("its error and exit code come back to who started it, and nothing stays")
    func refused() async throws {
        let tool = try Tool()
        let missing = try await tool.finish("run", "-d", "box", "nosuch")
        #expect(missing.status == 127)
        #expect(missing.error.hasPrefix("nestbox: "))
        #expect(missing.output == "")
        #expect(try await tool.finish("run", "-d", "--pull", "never", "nosuch").status == 125)
        #expect(try await tool.finish("ps", "-aq").lines.isEmpty)
        #expect(try Directory(tool.root.appending("containers")).names.isEmpty)
    }

    @Test("a monitor that is killed takes its container along, and the next command cleans up")
    func monitorKilled() async throws {
        let tool = try Tool()
        try await tool.finish("run", "-d", "--name", "victim", "-v", "data:/v", "box", "sleep", "100")
        let record = try await Nestbox(root: tool.root).container("victim")
        let process = try #require(record.state.process)
        let monitor = try #require(try Self.parent(of: process.pid))
        kill(monitor, SIGKILL)
        while ProcessHandle(process) != nil { try await Task.sleep(for: .milliseconds(5)) }

        #expect(try await tool.finish("ps", "-q").lines.isEmpty)
        #expect(try await Nestbox(root: tool.root).container("victim").state.exitCode == 137)
        #expect(try await tool.finish("volume", "rm", "data").status == 0)
        #expect(try await tool.finish("rm", "victim").status == 0)
        #expect(try Directory(tool.root.appending("containers")).names.isEmpty)
    }

    @Test("what a killed monitor left on the host's network is taken down by the next command")
    func networkSwept() async throws {
        let tool = try Tool()
        try await tool.finish("run", "-d", "--name", "victim", "-p", "80", "box", "sleep", "100")
        let nestbox = try await Nestbox(root: tool.root)
        let record = try nestbox.container("victim")
        let bridge = try nestbox.network("bridge").link
        let end = try #require(try nestbox.endpoints(of: "bridge").first?.link)
        #expect(try Link.all().map(\.name).contains(bridge))
        let process = try #require(record.state.process)
        kill(try #require(try Self.parent(of: process.pid)), SIGKILL)
        while ProcessHandle(process) != nil { try await Task.sleep(for: .milliseconds(5)) }
        #expect(try Link.all().map(\.name).contains(bridge))

        #expect(try await tool.finish("network", "ls", "-q").lines.count == 1)
        let names = try Link.all().map(\.name)
        #expect(!names.contains(bridge))
        #expect(!names.contains(end))
        #expect(try nestbox.endpoints(of: "bridge").isEmpty)
        try await tool.finish("rm", "victim")
    }

    @Test("containers of several commands find each other by name on a network that was made")
    func networks() async throws {
        let tool = try Tool()
        #expect(try await tool.finish("network", "create", "--internal", "back").lines.first?.count == 64)
        try await tool.finish(
            "run",
            "-d",
            "--name",
            "web",
            "--network",
            "back",
            "--network-alias",
            "www",
            "box",
            "httpd",
            "-f",
            "-p",
            "80",
            "-h",
            "/www"
        )
        let identifier = try await tool.finish("ps", "-q").output
        for name in ["web", "www"] {
            let seen = try await tool.finish(
                "run",
                "--rm",
                "--network",
                "back",
                "box",
                "fetch",
                name,
                "/cgi-bin/who"
            )
            #expect(seen.output == identifier)
        }
        let inspected = try await tool.finish("network", "inspect", "back").output
        #expect(inspected.contains("\"Name\" : \"web\""))
        #expect(inspected.contains("\"Internal\" : true"))
        #expect(try await tool.finish("network", "rm", "back").status == 1)
        #expect(try await tool.finish("rm", "-f", "web").status == 0)
        #expect(try await tool.finish("network", "prune", "-f").lines == ["back"])
    }

    @Test("a container is made, started, restarted, renamed and copied from by commands of their own")
    func verbs() async throws {
        let tool = try Tool()
        let created = try await tool.finish(
            "create",
            "--name",
            "one",
            "--init",
            "box",
            "sh",
            "-c",
            "echo started; sleep 100"
        )
        #expect(created.status == 0)
        #expect(try await tool.finish("start", "one").lines == ["one"])
        #expect(try await tool.finish("start", "one").status == 1)
        #expect(try await tool.finish("restart", "-t", "1", "one").lines == ["one"])
        #expect(try await tool.finish("rename", "one", "two").status == 0)
        #expect(try await tool.finish("cp", "two:/data/seed", "\(tool.directory.path)/seed").status == 0)
        #expect(try Shell.text(of: tool.directory.path.appending("seed")) == "from the image\n")
        #expect(try await tool.finish("cp", "\(tool.directory.path)/seed", "two:/data/copy").status == 0)
        #expect(try await tool.finish("diff", "two").output.contains("A /data/copy"))
        #expect(try await tool.finish("commit", "two", "kept").lines.first?.hasPrefix("sha256:") == true)
        #expect(try await tool.finish("stop", "two").status == 0)
        #expect(try await tool.finish("logs", "two").lines == ["started", "started"])
        let inspected = try await tool.finish("inspect", "two").output
        #expect(inspected.contains("\"Name\" : \"/two\""))
        let events = try await tool.finish("events", "--since", "10m", "--until", "0s", "--format", "json").lines
        #expect(events.contains { $0.contains("\"Action\":\"rename\"") })
        #expect(try await tool.finish("system", "df", "--format", "json").lines.count == 3)
        #expect(try await tool.finish("system", "prune", "-f").lines.contains("container two"))
        #expect(try await tool.finish("version").status == 0)
    }

    @Test("the exit code of one that is removed at its end is not lost to who waits")
    func waitForRemoved() async throws {
        let tool = try Tool()
        let gate = tool.directory.path.appending("gate")
        #expect(mkfifo(gate.string, 0o600) == 0)
        try await tool.finish(
            "run",
            "-d",
            "--rm",
            "--name",
            "brief",
            "-v",
            "\(gate):/gate",
            "box",
            "sh",
            "-c",
            "cat /gate; exit 9"
        )
        let output = tool.directory.path.appending("waited")
        let waiting = try tool.start("wait", "brief", output: output)
        // It looks at the container's files before; this one it keeps open while it waits.
        for _ in 0..<3 {
            while try !Self.holds(waiting, "/lock") { try await Task.sleep(for: .milliseconds(5)) }
            try await Task.sleep(for: .milliseconds(50))
        }
        let opened = try FileDescriptor.open(gate, .writeOnly)
        try opened.close()
        #expect(try await OwnThread.run { Shell.wait(waiting) } == 0)
        #expect(try Shell.text(of: output) == "9\n")
        #expect(try await tool.finish("ps", "-aq").lines.isEmpty)
    }

    @Test("a service outlives the command that made it, spreads its clients, and is removed whole")
    func service() async throws {
        let tool = try Tool()
        let created = try await tool.finish(
            "service",
            "create",
            "--name",
            "s",
            "--replicas",
            "2",
            "--init",
            "-p",
            "127.0.0.1::80",
            "box",
            "httpd",
            "-f",
            "-p",
            "80",
            "-h",
            "/www"
        )
        #expect(created.lines == ["s"])
        let port = try #require(try await Nestbox(root: tool.root).service("s").ports.first?.hostPort)
        var answers: Set<String> = []
        while answers.count < 2 { answers.insert(try await WebClient.get("/cgi-bin/who", port: port)) }
        #expect(Set(try await tool.finish("service", "ps", "-q", "s").lines) == answers)
        #expect(try await tool.finish("service", "scale", "s=3").lines == ["s scaled to 3"])
        #expect(try await tool.finish("service", "ps", "-q", "s").lines.count == 3)
        #expect(try await tool.finish("service", "scale", "s=1").status == 0)
        #expect(try await tool.finish("service", "ps", "-q", "s").lines.count == 1)
        #expect(try await tool.finish("service", "scale", "s=none").status == 1)
        #expect(try await tool.finish("service", "rm", "s").lines == ["s"])
        #expect(try await tool.finish("ps", "-aq").lines.isEmpty)
        #expect(try await tool.finish("service", "ls", "-q").lines.isEmpty)
        #expect(!WebClient.isOpen(port))
    }

    /// Whether a process has a file open whose path contains the text.
    private static func holds(_ pid: Int32, _ text: String) throws -> Bool {
        let directory = FilePath("/proc/\(pid)/fd")
        return try Directory(directory).names.contains { name in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
                guard let start = buffer.baseAddress else { return false }
                let count = readlink(directory.appending(name).string, start, buffer.count)
                let path = String(decoding: UnsafeRawBufferPointer(buffer)[..<max(0, count)], as: UTF8.self)
                return path.contains(text)
            }
        }
    }

    private static func parent(of pid: Int32) throws -> Int32? {
        let status = try Shell.text(of: FilePath("/proc/\(pid)/status"))
        let line = status.split(separator: "\n").first { $0.hasPrefix("PPid:") }
        return line.flatMap { Int32($0.dropFirst(5).filter { $0 != "\t" }) }
    }
}
