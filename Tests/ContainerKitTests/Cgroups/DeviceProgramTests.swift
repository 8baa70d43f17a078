// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import ContainerKit

@Suite("Rules about devices")
struct DeviceProgramTests {
    private typealias Rule = Resources.DeviceRule

    /// Runs the program as the kernel's machine would.
    private func isAllowed(_ rules: [Rule], block: Bool = false, major: UInt64, minor: UInt64, _ access: Rule.Access)
        -> Bool
    {
        let program = DeviceProgram(rules).instructions
        let context: [Int16: UInt64] = [0: UInt64(access.rawValue) << 16 | (block ? 1 : 2), 4: major, 8: minor]
        var registers = [UInt64](repeating: 0, count: 11)
        var position = 0
        while true {
            let instruction = program[position]
            let to = Int(instruction.registers & 15)
            let from = Int(instruction.registers >> 4)
            let value = UInt64(bitPattern: Int64(instruction.immediate))
            position += 1
            switch instruction.code {
            case 0x61: registers[to] = context[instruction.offset] ?? 0
            case 0xbf: registers[to] = registers[from]
            case 0xb7: registers[to] = value
            case 0x57: registers[to] &= value
            case 0x77: registers[to] >>= value
            case 0x55: if registers[to] != value { position += Int(instruction.offset) }
            case 0x15: if registers[to] == value { position += Int(instruction.offset) }
            case 0x5d: if registers[to] != registers[from] { position += Int(instruction.offset) }
            default: return registers[0] == 1
            }
        }
    }

    @Test("nothing is allowed where nothing is said")
    func nothing() {
        #expect(!isAllowed([], major: 1, minor: 3, .read))
        #expect(!isAllowed([Rule(allow: false)], major: 1, minor: 3, .read))
        #expect(isAllowed([Rule(allow: true)], block: true, major: 8, minor: 0, .all))
    }

    @Test("the last rule that applies decides")
    func order() {
        let rules = [
            Rule(allow: true), Rule(allow: false, kind: .block),
            Rule(allow: true, kind: .block, major: 8, minor: 1, access: .read),
        ]
        #expect(isAllowed(rules, major: 1, minor: 3, .all))
        #expect(!isAllowed(rules, block: true, major: 8, minor: 0, .read))
        #expect(isAllowed(rules, block: true, major: 8, minor: 1, .read))
        #expect(!isAllowed(rules, block: true, major: 8, minor: 1, [.read, .write]))
    }

    @Test("one that forbids a part forbids a request of more")
    func parts() {
        let rules = [Rule(allow: true), Rule(allow: false, kind: .character, major: 1, access: .write)]
        #expect(isAllowed(rules, major: 1, minor: 3, .read))
        #expect(!isAllowed(rules, major: 1, minor: 3, [.read, .write]))
        #expect(isAllowed(rules, major: 2, minor: 3, [.read, .write]))
    }

    @Test("the standard rules allow the usual devices and the making of any")
    func standard() {
        let rules = Resources.standardDevices
        #expect(isAllowed(rules, major: 1, minor: 3, .all))
        #expect(isAllowed(rules, major: 136, minor: 77, [.read, .write]))
        #expect(isAllowed(rules, block: true, major: 8, minor: 0, .make))
        #expect(!isAllowed(rules, block: true, major: 8, minor: 0, .read))
        #expect(!isAllowed(rules, major: 10, minor: 229, .read))
    }

    @Test("they are written to v1 in its form")
    func legacy() {
        #expect(Rule(allow: false).legacyTexts == ["a"])
        #expect(
            Rule(allow: true, kind: .character, major: 1, minor: 3, access: [.read, .write]).legacyTexts == ["c 1:3 rw"]
        )
        #expect(Rule(allow: true, major: 5).legacyTexts == ["c 5:* rwm", "b 5:* rwm"])
    }

    @Test("they hold in a container, whatever filesystem a node is on", .needsRoot, .runsContainers)
    func inContainer() async throws {
        let script = "head -c 1 /dev/zero | wc -c; head -c 1 /dev/full 2>/dev/null | wc -c"
        let seen = try await lines(of: script) { configuration, _ in
            configuration.resources.devices =
                Resources.standardDevices + [
                    Rule(allow: false, kind: .character, major: 1, minor: 7)
                ]
        }
        #expect(seen == ["1", "0"])
    }
}
