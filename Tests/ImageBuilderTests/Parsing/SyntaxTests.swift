// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageBuilder
import Testing

@Suite("Cutting a file into instructions")
struct SyntaxTests {
    private func parse(_ text: String) throws -> SyntaxTree {
        try SyntaxTree(SourceFile(name: "Dockerfile", text: text))
    }

    @Test("continuation lines join; comments and empty lines among them vanish, and empty ones are reported")
    func continuation() throws {
        let tree = try parse("FROM a\nRUN one \\  \n  # a comment\n\n two\\\n three\n")
        #expect(tree.instructions[1].original == "RUN one  two three")
        #expect(tree.instructions[1].line.lines == 2...6)
        #expect(tree.emptyContinuations.map(\.text) == ["RUN one  two three"])
        #expect(tree.emptyContinuations.map(\.line) == [6])
    }

    @Test("an escaped escape at the end of a line continues nothing")
    func escapedEscape() throws {
        #expect(try parse("FROM a\nRUN x \\\\\nRUN y").instructions.count == 3)
    }

    @Test("a backtick continues where the file says so, and the backslash is plain there")
    func backtick() throws {
        let tree = try parse("# escape=`\nFROM a `\n AS b\nCOPY x C:\\\nRUN y\n")
        #expect(tree.escape == "`")
        #expect(tree.instructions.map(\.original) == ["FROM a  AS b", "COPY x C:\\", "RUN y"])
    }

    @Test("a directive after any other line is a comment")
    func lateDirective() throws {
        #expect(try parse("\n# escape=`\nFROM a\n").escape == "\\")
        #expect(try parse("# hello\n# escape=`\nFROM a\n").escape == "\\")
    }

    @Test("a byte order mark and CR LF change nothing")
    func lineEndings() throws {
        let tree = try parse("\u{FEFF}# escape=`\r\nFROM a `\r\n AS b\r\nCOPY <<EOT /x\r\nline\r\nEOT\r\n")
        #expect(tree.escape == "`")
        #expect(tree.instructions.map(\.original) == ["FROM a  AS b", "COPY <<EOT /x"])
        #expect(tree.instructions[1].heredocs.map(\.content) == ["line\r\n"])
    }

    @Test("here-documents keep their lines, their descriptors and whether they expand and chomp")
    func heredocs() throws {
        let text = "FROM a\nRUN 3<<A cat <<-\"B\"\n\tone\nA\n\ttwo $x\n\tB\nRUN after\n"
        let documents = try parse(text).instructions[1].heredocs
        #expect(documents.map(\.name) == ["A", "B"])
        #expect(documents.map(\.descriptor) == [3, 0])
        #expect(documents.map(\.expands) == [true, false])
        #expect(documents.map(\.data) == ["\tone\n", "two $x\n"])
    }

    @Test(
        "<< announces nothing in exec form, in quotes, or in other instructions",
        arguments: [
            "RUN [\"cat\", \"<<EOF\"]", "RUN echo '<<EOF'", "ENV a=<<EOF", "RUN echo $((1 <<2)) '", "RUN cat <<<word",
            "RUN cat <<\"E",
        ]
    )
    func noHeredocs(line: String) throws {
        #expect(try parse("FROM a\n\(line)\n").instructions[1].heredocs.isEmpty)
    }

    @Test(
        "a file that can't be cut is refused at the place of the mistake",
        arguments: [
            ("", 1), ("# only a comment\n\n", 2), ("FROM a\nRUN <<EOF\nx\n", 2), ("# escape=x\nFROM a", 1),
            ("# escape=\\\n# escape=`\nFROM a", 2), ("FROM a\nENV x", 2), ("FROM a\nENV a=1 b", 2),
            ("FROM a\nCMD [\"a\", 1]", 2),
        ]
    )
    func refused(text: String, line: Int) {
        let error = #expect(throws: ImageBuilderError.self) { try parse(text) }
        #expect(error?.location?.line == line)
    }

    @Test("a line longer than BuildKit reads is refused, and one as long is not")
    func longLines() throws {
        let longest = "RUN " + String(repeating: "x", count: 65_536 - 5)
        #expect(try parse("FROM a\n\(longest)\n").instructions.count == 2)
        #expect(throws: ImageBuilderError.self) { try parse("FROM a\n\(longest)x\n") }
        #expect(throws: ImageBuilderError.self) { try parse("FROM a\n\(longest)x") }
        #expect(throws: ImageBuilderError.self) { try parse("FROM a\nRUN <<E\n\(longest)x\nE\n") }
    }

    @Test("nested ONBUILD ends in an error, not in an exhausted stack")
    func nestedOnbuild() {
        let text = "FROM a\n" + String(repeating: "ONBUILD ", count: 5_000) + "RUN x"
        #expect(throws: ImageBuilderError.self) { try parse(text) }
    }

    @Test(
        "the frontend is found after #!, in // comments and in JSON",
        arguments: [
            ("# syntax=a/b:1\nFROM x", "a/b:1"), ("#!/bin/sh\n# Syntax = a c\nFROM x", "a"), ("// syntax=a\n", "a"),
            ("{\"syntax\": \"a\"}", "a"), ("FROM x", nil), ("# check=skip=all\n# syntax=a\n", "a"),
            ("\u{FEFF}#syntax=a", "a"),
        ] as [(String, String?)]
    )
    func syntax(text: String, value: String?) {
        #expect(SyntaxDirective.value(in: SourceFile(name: "Dockerfile", text: text)) == value)
    }
}
