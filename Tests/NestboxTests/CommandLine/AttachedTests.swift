// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@Suite("Attached containers of the command-line tool", .runsTool)
struct AttachedTests {
    @Test("output and exit code are the program's own")
    func passesThrough() async throws {
        let tool = try Tool()
        let finished = try await tool.finish(
            "run",
            "--rm",
            "-e",
            "A=b",
            "box",
            "sh",
            "-c",
            "echo $A; echo err >&2; exit 5"
        )
        #expect(finished.output == "b\n")
        #expect(finished.error == "err\n")
        #expect(finished.status == 5)
    }

    @Test("the image's command runs where none is given")
    func imageCommand() async throws {
        #expect(try await Tool().finish("run", "--rm", "box").output == "from the image\n")
    }

    @Test("input is the program's with -i, and nothing without")
    func input() async throws {
        let tool = try Tool()
        try tool.directory.write("typed\n", to: "input")
        let path = tool.directory.path.appending("input").string
        #expect(try await tool.finish("run", "--rm", "-i", "box", "cat", input: path).output == "typed\n")
        #expect(try await tool.finish("run", "--rm", "box", "cat", input: path).output == "")
    }

    @Test("flags after the image are the program's")
    func flagsOfTheProgram() async throws {
        #expect(
            try await Tool().finish("run", "--rm", "box", "echo", "-d", "--rm", "--", "x").output == "-d --rm -- x\n"
        )
    }

    @Test("a signal to the tool is the program's, and its end is told as a shell would")
    func signals() async throws {
        let tool = try Tool()
        let output = tool.directory.path.appending("output")
        let pid = try tool.start("run", "--rm", "--init", "box", "sh", "-c", "echo up; sleep 100", output: output)
        while (try? Shell.text(of: output)) != "up\n" { try await Task.sleep(for: .milliseconds(5)) }
        // The tool forwards from shortly after the launch on; before, the signal ends it and its container.
        kill(pid, SIGTERM)
        #expect(try await OwnThread.run { Shell.wait(pid) } == 143)
    }

    @Test(
        "errors have Docker's codes",
        arguments: [
            (125, ["run", "--pull", "never", "nosuch"]), (125, ["run", "--nosuch", "box"]),
            (125, ["run", "-m", "1k", "box", "true"]),
            (126, ["run", "--rm", "box", "/etc/passwd"]), (127, ["run", "--rm", "box", "nosuch"]),
            (137, ["run", "--rm", "--init", "box", "sh", "-c", "kill -9 $$; sleep 1"]), (1, ["rm", "nosuch"]),
            (1, ["logs", "nosuch"]),
        ] as [(Int32, [String])]
    )
    func codes(_ code: Int32, _ arguments: [String]) async throws {
        let tool = try Tool()
        let finished = try await tool.finish(arguments)
        #expect(finished.status == code)
        #expect(code == 137 || finished.error.hasPrefix("nestbox: "))
    }

    @Test("variables come from files and from this shell")
    func environment() async throws {
        let tool = try Tool()
        try tool.directory.write("# comment\n\nA=from file\n B=2\n", to: "variables")
        let path = tool.directory.path.appending("variables").string
        let script = "echo \"$A|$B|$C\""
        let finished = try await tool.finish(
            "run",
            "--rm",
            "--env-file",
            path,
            "-e",
            "C=3",
            "-e",
            "NO_SUCH_VARIABLE",
            "box",
            "sh",
            "-c",
            script
        )
        #expect(finished.output == "from file|2|3\n")
    }

    @Test("an image that a container was made from is not removed")
    func imageInUse() async throws {
        let tool = try Tool()
        try await tool.finish("run", "--name", "user", "box", "true")
        #expect(try await tool.finish("rmi", "box").status == 1)
        try await tool.finish("rm", "user")
        #expect(try await tool.finish("rmi", "box").status == 0)
        #expect(try await tool.finish("images", "-q").lines.isEmpty)
    }

    @Test("volumes are made, listed, inspected and removed")
    func volumes() async throws {
        let tool = try Tool()
        #expect(try await tool.finish("volume", "create", "one").lines == ["one"])
        #expect(try await tool.finish("volume", "ls", "-q").lines == ["one"])
        #expect(try await tool.finish("volume", "inspect", "one").output.contains(#""Name" : "one""#))
        #expect(try await tool.finish("volume", "rm", "one").lines == ["one"])
        #expect(try await tool.finish("volume", "rm", "one").status == 1)
        #expect(try await tool.finish("volume", "rm", "-f", "one").status == 0)
    }
}
