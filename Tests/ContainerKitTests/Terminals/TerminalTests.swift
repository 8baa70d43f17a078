// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import ContainerKit

@Suite("A program's terminal", .runsContainers)
struct TerminalTests {
    private func process(_ script: String, rows: UInt16 = 24, columns: UInt16 = 80) -> ProcessConfiguration {
        var process = ProcessConfiguration(["/bin/sh", "-c", script], environment: ["PATH=/bin"])
        process.terminal = Terminal.Size(rows: rows, columns: columns)
        return process
    }

    /// Everything that a program with a terminal writes; a terminal turns a newline into two characters.
    private func text(_ output: ByteSequence) async throws -> [String] {
        let bytes = try await output.collect(upTo: 1 << 20)
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
    }

    @Test("is its three streams, its session's terminal, and /dev/console")
    func isTerminal() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let script = """
                test -t 0 && test -t 1 && test -t 2 && echo terminal
                readlink /proc/self/fd/0; echo to-tty > /dev/tty; echo to-console > /dev/console; cut -d' ' -f7 /proc/self/stat
                """
            var configuration = rootFilesystem.configuration([])
            configuration.process = process(script)
            let container = try await runtime.run(configuration)
            let lines = try await text(container.standardOutput)
            #expect(lines.prefix(4) == ["terminal", "/dev/pts/0", "to-tty", "to-console"])
            // Major 136, minor 0, in the kernel's own order of bits.
            #expect(lines.last == "34816")
            #expect(try await container.wait() == .exited(0))
            try await container.delete()
        }
    }

    @Test("has the size asked for, and tells of a new one")
    func size() async throws {
        try await withRuntime { runtime, rootFilesystem in
            var configuration = rootFilesystem.configuration([])
            let script = "trap 'echo changed; stty size; exit' WINCH; stty size; while true; do sleep 0.05; done"
            configuration.process = process(script, rows: 33, columns: 111)
            let container = try await runtime.run(configuration)
            let terminal = try #require(container.terminal)
            var lines = container.standardOutput.lines.makeAsyncIterator()
            #expect(try await lines.next() == "33 111")
            try terminal.resize(to: Terminal.Size(rows: 50, columns: 132))
            #expect(try terminal.size() == Terminal.Size(rows: 50, columns: 132))
            #expect(try await lines.next() == "changed")
            #expect(try await lines.next() == "50 132")
            try await container.wait()
            try await container.delete()
        }
    }

    @Test("takes what is typed: lines, an interrupt, the end")
    func typing() async throws {
        try await withRuntime { runtime, rootFilesystem in
            var configuration = rootFilesystem.configuration([])
            configuration.process = process("stty -echo; echo ready; read line; echo got $line; cat; echo end")
            let container = try await runtime.run(configuration)
            var lines = container.standardOutput.lines.makeAsyncIterator()
            #expect(try await lines.next() == "ready")
            try await container.standardInput.write("a word\n".utf8)
            #expect(try await lines.next() == "got a word")
            container.standardInput.finish()
            #expect(try await lines.next() == "end")
            #expect(try await container.wait() == .exited(0))
            try await container.delete()

            configuration.process = process("echo ready; sleep 1000; echo went on")
            configuration.runsInit = true
            configuration.identifier = "nestbox-interrupted"
            let sleeper = try await runtime.run(configuration)
            for try await line in sleeper.standardOutput.lines where line == "ready" { break }
            try await sleeper.standardInput.write([3])
            #expect(try await sleeper.wait() == .exited(130))
            try await sleeper.delete()
        }
    }

    @Test("belongs to the program's user, and comes with a further program too")
    func execution() async throws {
        try await withRuntime { runtime, rootFilesystem in
            try await runtime.withContainer(rootFilesystem.configuration(["/bin/sleep", "1000"])) { container in
                var configuration = process(
                    "test -t 0 && stat -c %u:%g /proc/self/fd/0 -L; tty; stty size",
                    rows: 10,
                    columns: 20
                )
                configuration.user = .named("alice")
                let program = try await container.execute(configuration)
                #expect(try await text(program.standardOutput) == ["1000:5", "/dev/pts/0", "10 20"])
                #expect(try await program.wait() == .exited(0))
            }
        }
    }

    @Test("is one only in its own process: the host keeps no end of it when all is over")
    func closes() async throws {
        await #expect(processExitsWith: .success) {
            try await withRuntime { runtime, rootFilesystem in
                func open() throws -> Int { try Shell.entries("/proc/self/fd").count }
                var counts: [Int] = []
                for _ in 0..<3 {
                    var configuration = rootFilesystem.configuration(["/bin/true"])
                    configuration.process.terminal = Terminal.Size(rows: 1, columns: 1)
                    try await runtime.withContainer(configuration) { container in
                        _ = try await container.standardOutput.collect(upTo: 100)
                        try await container.wait()
                    }
                    try await Task.sleep(for: .milliseconds(100))
                    counts.append(try open())
                }
                #expect(counts[1] == counts[2])
            }
        }
    }
}
