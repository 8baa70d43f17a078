// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import ContainerKit

@Suite("Looking users up")
struct UserResolutionTests {
    private let resolution = UserResolution(
        passwd: """
            # a comment
            broken
            root:x:0:0:root:/root:/bin/sh
            4000:x:0:0:a name made of digits:/evil:/bin/sh
            alice:x:1000:1001:Alice:/home/alice
            nohome:x:5:6
            huge:x:99999999999:1:x:/x:/x
            """,
        group: "root:x:0:\nstaff:x:50:alice,bob\nadmin:x:51:bob\n52:x:0:\nalice:x:1001:alice\n"
    )

    @Test(
        "as Docker does",
        arguments: [
            ("root", 0, 0, []), ("alice", 1000, 1001, [50]), ("alice:admin", 1000, 51, []), ("1000", 1000, 1001, [50]),
            ("7", 7, 0, []), ("7:9", 7, 9, []), ("nohome", 5, 6, []), (":staff", 0, 50, []), ("", 0, 0, []),
        ] as [(String, UInt32, UInt32, [UInt32])]
    )
    func resolves(_ text: String, _ user: UInt32, _ group: UInt32, _ groups: [UInt32]) throws {
        let identity = try resolution.identity(of: .named(text))
        #expect(identity.user == user && identity.group == group && identity.supplementaryGroups == groups)
    }

    @Test("a number is never taken for a name")
    func numbers() throws {
        #expect(try resolution.identity(of: .named("4000")).user == 4000)
        #expect(try resolution.identity(of: .named("root:52")).group == 52)
    }

    @Test(
        "what is unknown or out of range is an error",
        arguments: ["bob", "huge", "alice:none", "4294967295", "0:4294967296"]
    )
    func unknown(_ text: String) {
        #expect(throws: ContainerError.self) { try resolution.identity(of: .named(text)) }
    }
}

@Suite("Signals")
struct SignalTests {
    @Test(
        "are read as Docker reads them",
        arguments: [
            ("SIGTERM", 15), ("term", 15), ("9", 9), ("KILL", 9), ("sigusr1", 10), ("RTMIN", 34), ("SIGRTMIN+3", 37),
            ("RTMAX-1", 63), ("64", 64),
        ] as [(String, Int32)]
    )
    func reads(_ text: String, _ number: Int32) {
        #expect(Signal(text)?.rawValue == number)
    }

    @Test("or not at all", arguments: ["", "0", "65", "SIGNOTHING", "RTMIN+31", "-1", "TERM "])
    func refuses(_ text: String) {
        #expect(Signal(text) == nil)
    }
}
