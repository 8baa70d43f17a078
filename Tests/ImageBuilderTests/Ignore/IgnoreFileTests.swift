// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageBuilder
import Testing

@Suite("Ignore files")
struct IgnoreFileTests {
    @Test(
        "the last pattern that speaks of a path decides",
        arguments: [
            ("*\n!keep\n", "keep", false), ("*\n!keep\n", "keep/all", false), ("*\n!keep\nkeep/x", "keep/x", true),
            ("!keep\n*\n", "keep", true), ("a\n!a/b\n", "a/c", true), ("a\n!a/b\n", "a/b/c", false),
        ]
    )
    func order(text: String, path: String, ignored: Bool) throws {
        #expect(try IgnoreFile(parsing: text).ignores(path) == ignored)
    }

    @Test(
        "wildcards mean what Go's and moby's mean",
        arguments: [
            ("*.o", "a.o", true), ("*.o", "d/a.o", false), ("**/*.o", "d/e/a.o", true), ("**/*.o", "a.o", true),
            ("a?c", "a/c", false), ("a?c", "aéc", true), ("[a-c]x", "bx", true), ("[^a-c]x", "bx", false),
            ("[^a-c]x", "dx", true), ("[\\]\\-]", "]", true), ("\\*", "*", true), ("\\*", "a", false),
            ("a/**", "a/b/c", true),
            ("a/**", "ab", false), ("a/**/b", "a/b", true), ("a/**/b", "a/x/y/b", true), ("a/**/b", "a/xb", false),
            ("/a", "a", true), ("./a/", "a", true), ("a/../b", "b", true), ("a.b+(c)|{d}$^", "a.b+(c)|{d}$^", true),
            ("e\u{301}", "é", false), ("[é]", "é", true),
        ]
    )
    func wildcards(text: String, path: String, ignored: Bool) throws {
        #expect(try IgnoreFile(parsing: text).ignores(path) == ignored)
    }

    @Test("comments, empty lines and a byte order mark are passed over")
    func lines() throws {
        let file = try IgnoreFile(parsing: "\u{FEFF}# comment\n\n  a  \r\n#b\n ! c\n")
        #expect(file.patterns.map(\.text) == ["a", "c"])
        #expect(file.patterns.map(\.isException) == [false, true])
        #expect(file.hasExceptions)
    }

    @Test(
        "a malformed pattern is shown at its line",
        arguments: ["!", "[", "[]", "[a", "[a-", "[b-a]", "a\\", "[-a]", "x[^]"]
    )
    func malformed(pattern: String) {
        let error = #expect(throws: ImageBuilderError.self) { try IgnoreFile(parsing: "ok\n\(pattern)\n") }
        #expect(error?.code == .invalidPattern)
        #expect(error?.location?.line == 2)
    }

    @Test("an ignore file of a Dockerfile's own comes first")
    func names() {
        #expect(IgnoreFile.names(forDockerfile: "web.Dockerfile") == ["web.Dockerfile.dockerignore", ".dockerignore"])
    }

    @Test(
        "a path is made as short as it can be",
        arguments: [
            ("", "."), ("a//b/./c/..", "a/b"), ("/..", "/"), ("../a/../..", "../.."), ("/a/", "/a"), ("a/..", "."),
        ]
    )
    func cleaning(path: String, clean: String) {
        #expect(CleanPath.clean(path) == clean)
    }
}
