// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Nestbox
import Testing

@testable import ContainerTesting

@Suite("A container's output")
struct ContainerOutputTests {
    @Test("lines are counted across chunks, and each stream's by themselves")
    func lines() async {
        let output = ContainerOutput(lookingFor: ["ready", "never"])
        for (stream, text) in [
            (OutputStream.standardOutput, "re"), (.standardError, "rea"), (.standardOutput, "ady\nnot r"),
            (.standardError, "dy ready\n"), (.standardOutput, "eady"),
        ] {
            await output.take(stream, Array(text.utf8))
        }
        // One line each; the last has no end yet.
        #expect(output.lines(holding: "ready") == 2)
        await output.take(.standardOutput, [UInt8(ascii: "\n")])
        #expect(output.lines(holding: "ready") == 3)
        #expect(output.lines(holding: "never") == 0)
    }

    @Test("of very much, the end is kept, and it says so")
    func bounded() async {
        let output = ContainerOutput(limit: 100)
        for number in 100..<200 { await output.take(.standardOutput, Array("line \(number)\n".utf8)) }
        #expect(output.text.hasPrefix("[earlier output was dropped]\n"))
        #expect(output.text.hasSuffix("line 198\nline 199\n"))
        #expect(output.text.utf8.count < 150)
    }
}
