// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageBuilder
import Testing

@Suite("Hostile Dockerfiles")
struct HostileInputTests {
    /// A small generator, so that a failure can be repeated.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    private static let pieces = [
        "FROM", "from", "AS", "RUN", "COPY", "ADD", "ENV", "ARG", "ONBUILD", "HEALTHCHECK", "CMD", "SHELL", "LABEL",
        "EXPOSE", "VOLUME", "WORKDIR", "STOPSIGNAL", "--from=", "--mount=", "type=cache", ",", "--link", "--", "=", " ",
        " ", "\n", "\n", "\t", "\\", "`", "\\\n", "# ", "# escape=`\n", "# check=skip=all\n", "<<", "<<-", "EOF",
        "\nEOF\n", "\"", "'", "$", "${", "}", ":", "-", "+", "?", "#", "%", "/", "*", "[", "]", "{", "\u{301}", "é",
        "\u{FEFF}", "\r\n", "a", "b", "0", "1s", "scratch", "\u{0}", "\u{2028}", "!", "..",
    ]

    @Test(
        "no text makes the checks trap, and every error and warning stands inside the file",
        arguments: 0..<8 as Range<UInt64>
    )
    func random(seed: UInt64) {
        var generator = Generator(state: seed)
        for _ in 0..<400 {
            let count = Int.random(in: 1...40, using: &generator)
            var text = Bool.random(using: &generator) ? "FROM a\n" : ""
            for _ in 0..<count { text += Self.pieces.randomElement(using: &generator) ?? "" }
            let lines = max(1, SourceFile(name: "Dockerfile", text: text).lines.count)
            let check = DockerfileCheck(text)
            let places = check.warnings.map(\.location) + [check.error?.location].compactMap(\.self)
            for place in places {
                #expect((1...lines).contains(place.line), "\(text.quoted)")
                #expect(place.column >= 1 && place.length >= 1, "\(text.quoted)")
                #expect(!place.snippet.isEmpty)
            }
            _ = try? IgnoreFile(parsing: text).ignores("a/b/c")
        }
    }

    @Test("deeply nested variables are refused, not followed")
    func nesting() {
        let word = String(repeating: "${a:-", count: 10_000) + String(repeating: "}", count: 10_000)
        #expect(throws: ExpansionFailure.self) { try VariableExpander(escape: "\\").expand(word, in: Environment()) }
    }

    @Test("a pattern of many stars takes time in proportion to its text")
    func stars() throws {
        let value = String(repeating: "a", count: 1_000)
        let pattern = String(repeating: "*a", count: 50) + "b"
        #expect(try VariableExpander(escape: "\\").expand("${v##\(pattern)}", in: ["v": value]).text == value)
        #expect(try !IgnoreFile(parsing: pattern).ignores(value))
    }

    @Test("variables that double themselves are refused before they fill the memory")
    func doubling() {
        var lines = ["FROM scratch", "ENV a=0123456789abcdef"]
        lines += Array(repeating: "ENV a=$a$a", count: 40)
        #expect(DockerfileCheck(lines.joined(separator: "\n")).error?.code == .expansion)
        let value = String(repeating: "a", count: 2_000)
        #expect(throws: ExpansionFailure.tooLong) {
            try VariableExpander(escape: "\\").expand("${v//a/\(value)}", in: ["v": value])
        }
    }
}
