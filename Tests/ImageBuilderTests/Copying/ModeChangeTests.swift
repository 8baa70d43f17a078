// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Testing

@testable import ImageBuilder

@Suite("--chmod")
struct ModeChangeTests {
    @Test(
        "symbolic permissions mean what chmod(1) says",
        arguments: [
            ("u+x", 0o644, 0o744), ("a=r", 0o777, 0o444), ("go-rwx", 0o755, 0o700), ("u=rwX,go=rX", 0o644, 0o644),
            ("u=rwX,go=rX", 0o755, 0o755), ("g=u", 0o740, 0o770), ("o=g-w", 0o660, 0o664), ("u+s", 0o755, 0o4755),
            ("g+s", 0o755, 0o2755), ("+t", 0o777, 0o1777), ("+w", 0o444, 0o644), ("=rw", 0o777, 0o644),
            ("u+x+w", 0o400, 0o700), ("ug=rw,o=", 0o777, 0o660),
        ]
    )
    func files(text: String, before: UInt32, after: UInt32) throws {
        #expect(try ModeChange(text).applied(to: S_IFREG | before) == after)
    }

    @Test("X is for directories, and for files that somebody may execute")
    func conditional() throws {
        let change = try ModeChange("a+X")
        #expect(change.applied(to: S_IFDIR | 0o600) == 0o711)
        #expect(change.applied(to: S_IFREG | 0o600) == 0o600)
        #expect(change.applied(to: S_IFREG | 0o610) == 0o711)
    }

    @Test("numbers are octal and the same for all", arguments: [("755", 0o755), ("0644", 0o644), ("7777", 0o7777)])
    func numbers(text: String, mode: UInt32) throws {
        #expect(try ModeChange(text).applied(to: S_IFDIR | 0o700) == mode)
    }

    @Test("anything else is refused", arguments: ["", "8", "10000", "u", "u+q", "rwx", "u+r,", "x+u", "u~r"])
    func malformed(text: String) {
        #expect(throws: ImageBuilderError.self) { try ModeChange(text) }
    }
}
