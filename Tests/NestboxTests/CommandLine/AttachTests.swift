// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import SystemPackage
import Testing

@testable import Nestbox

@Suite("Attaching to detached containers", .runsTool)
struct AttachTests {
    private func file(_ text: String, _ tool: Tool) throws -> String {
        try tool.directory.write(text, to: "input")
        return tool.directory.path.appending("input").string
    }

    @Test("what is written to attach is what the program reads, and its code comes back")
    func input() async throws {
        let tool = try Tool()
        let script = "read line; echo got $line; echo bad >&2; exit 7"
        let started = try await tool.finish("run", "-d", "-i", "--name", "reader", "box", "sh", "-c", script)
        #expect(started.status == 0, "\(started.error)")
        let attached = try await tool.finish("attach", "reader", input: try file("hello\n", tool))
        #expect(attached.output == "got hello\n")
        #expect(attached.error == "bad\n")
        #expect(attached.status == 7)
        #expect(try await tool.finish("logs", "reader").output == "got hello\n")
    }

    @Test("a detached program has a terminal, in which what is typed shows")
    func terminal() async throws {
        let tool = try Tool()
        let script = "read line; test -t 0 && test -t 1 && echo got $line; exit 3"
        let started = try await tool.finish("run", "-dit", "--name", "typed", "box", "sh", "-c", script)
        #expect(started.status == 0, "\(started.error)")
        let attached = try await tool.finish("attach", "typed", input: try file("hello\n", tool))
        #expect(attached.output == "hello\r\ngot hello\r\n")
        #expect(attached.status == 3)
    }

    @Test("Control-P and Control-Q leave the program running; another can attach to it then")
    func leaving() async throws {
        let tool = try Tool()
        let started = try await tool.finish(
            "run",
            "-dit",
            "--name",
            "stays",
            "box",
            "sh",
            "-c",
            "read line; read line; echo got $line"
        )
        #expect(started.status == 0, "\(started.error)")
        #expect(try await tool.finish("attach", "stays", input: try file("one\n\u{10}\u{11}two\n", tool)).status == 0)
        #expect(try await tool.finish("ps", "-q").lines.count == 1)
        let again = try await tool.finish("attach", "stays", input: try file("three\n", tool))
        #expect(again.output.hasSuffix("got three\r\n"))
        #expect(again.status == 0)
    }

    @Test("without -i a detached program finds the end of its input; attach prints what it writes")
    func noInput() async throws {
        let tool = try Tool()
        let script = "cat; sleep 10; echo done"
        #expect(try await tool.finish("run", "-d", "--name", "deaf", "box", "sh", "-c", script).status == 0)
        #expect(try await tool.finish("attach", "deaf", input: try file("hello\n", tool)).output.hasSuffix("done\n"))
    }

    @Test("a host's program attaches by the library, types, changes the size, and reads until the end")
    func library() async throws {
        try await withNestbox { nestbox in
            var specification = ContainerSpecification(
                image: "box",
                name: "lib",
                command: ["sh", "-c", "read line; stty size; echo got $line"]
            )
            specification.hasTerminal = true
            specification.readsInput = true
            let container = try await nestbox.launch(specification)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await container.run() }
                let attachment = try #require(try nestbox.attach("lib"))
                try await attachment.resize(rows: 11, columns: 22)
                while try container.terminal?.size().rows != 11 { try await Task.sleep(for: .milliseconds(5)) }
                try await attachment.write(Array("hello\n".utf8))
                var text = ""
                while let output = try await attachment.next() { text += String(decoding: output.bytes, as: UTF8.self) }
                #expect(text == "hello\r\n11 22\r\ngot hello\r\n")
                try await tasks.waitForAll()
            }
            #expect(throws: NestboxError.self) { try nestbox.attach("lib") }
        }
    }

    @Test("frames are read as they were written, in whatever pieces they come, and what is no frame is refused")
    func frames() throws {
        let frames =
            AttachFrame.frames(.output, Array(repeating: 7, count: 150_000))
            + [AttachFrame(kind: .size, bytes: [1, 0, 2, 0])]
        var received: [UInt8] = []
        var taken: [AttachFrame] = []
        for byte in frames.flatMap(\.encoded).enumerated() {
            received.append(byte.element)
            guard byte.offset.isMultiple(of: 977) else { continue }
            while let frame = try AttachFrame.take(from: &received) { taken.append(frame) }
        }
        while let frame = try AttachFrame.take(from: &received) { taken.append(frame) }
        #expect(taken == frames)
        #expect(received.isEmpty)
        var wrong: [UInt8] = [9, 0, 0, 0, 0]
        #expect(throws: SystemFailure.self) { try AttachFrame.take(from: &wrong) }
        var huge: [UInt8] = [1, 255, 255, 255, 255]
        #expect(throws: SystemFailure.self) { try AttachFrame.take(from: &huge) }
    }
}
