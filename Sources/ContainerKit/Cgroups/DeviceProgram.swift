// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Rules about devices as an eBPF program of type `BPF_PROG_TYPE_CGROUP_DEVICE`: what v2 has instead of v1's files.
///
/// Pure. The last rule that applies decides, so rules are tested from the last to the first. One that allows applies to
/// a request of which it covers every part, one that forbids to a request of which it covers any.
struct DeviceProgram {
    /// One instruction of the kernel's machine (`struct bpf_insn`).
    struct Instruction: Hashable {
        var code: UInt8
        var registers: UInt8
        var offset: Int16
        var immediate: Int32

        var encoded: UInt64 {
            UInt64(code) | UInt64(registers) << 8 | UInt64(UInt16(bitPattern: offset)) << 16
                | UInt64(UInt32(bitPattern: immediate)) << 32
        }
    }

    private(set) var instructions: [Instruction] = []

    // What the registers hold: r2 the kind, r3 the access, r4 and r5 the numbers.
    private enum Register: UInt8 {
        case result, context, kind, access, major, minor
    }

    init(_ rules: [Resources.DeviceRule]) {
        load(.kind, offset: 0)
        emit(0xbf, .access, .kind)
        emit(0x57, .kind, immediate: 0xffff)
        emit(0x77, .access, immediate: 16)
        load(.major, offset: 4)
        load(.minor, offset: 8)
        var isAllowed = false
        for rule in rules.reversed() {
            if rule.isUniversal {
                isAllowed = rule.isAllowed
                break
            }
            append(rule)
        }
        answer(isAllowed)
    }

    private mutating func append(_ rule: Resources.DeviceRule) {
        var block = DeviceProgram()
        var jumps: [Int] = []
        func skip(_ code: UInt8, _ register: Register, _ value: Int32) {
            jumps.append(block.instructions.count)
            block.emit(code, register, immediate: value)
        }
        if let kind = rule.kind { skip(0x55, .kind, kind == .block ? 1 : 2) }
        if let major = rule.major { skip(0x55, .major, Int32(truncatingIfNeeded: major)) }
        if let minor = rule.minor { skip(0x55, .minor, Int32(truncatingIfNeeded: minor)) }
        if rule.access != .all {
            block.emit(0xbf, .context, .access)
            block.emit(0x57, .context, immediate: Int32(rule.access.rawValue))
            jumps.append(block.instructions.count)
            if rule.isAllowed {
                block.emit(0x5d, .context, .access)
            } else {
                block.emit(0x15, .context, immediate: 0)
            }
        }
        block.answer(rule.isAllowed)
        for jump in jumps { block.instructions[jump].offset = Int16(block.instructions.count - jump - 1) }
        instructions += block.instructions
    }

    private init() {}

    private mutating func answer(_ isAllowed: Bool) {
        emit(0xb7, .result, immediate: isAllowed ? 1 : 0)
        emit(0x95, .result)
    }

    private mutating func load(_ register: Register, offset: Int16) {
        instructions.append(
            Instruction(
                code: 0x61,
                registers: register.rawValue | Register.context.rawValue << 4,
                offset: offset,
                immediate: 0
            )
        )
    }

    private mutating func emit(
        _ code: UInt8,
        _ destination: Register,
        _ source: Register = .result,
        immediate: Int32 = 0
    ) {
        instructions.append(
            Instruction(
                code: code,
                registers: destination.rawValue | source.rawValue << 4,
                offset: 0,
                immediate: immediate
            )
        )
    }

    /// The program as the kernel takes it.
    var encoded: [UInt64] { instructions.map(\.encoded) }
}
