// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

@testable import ContainerKit

/// Runs a seccomp program on one call, as the kernel does: the few instructions of classic BPF that filters use.
struct SeccompInterpreter {
    let program: [BPFInstruction]

    struct Fault: Error {
        var position: Int
        var reason: String
    }

    init(_ program: [BPFInstruction]) {
        self.program = program
    }

    init(_ program: SeccompProgram) throws {
        guard let instructions = BPFInstruction.decode(program.bytes) else {
            throw Fault(position: 0, reason: "not whole instructions")
        }
        self.program = instructions
    }

    /// What the program answers to a call.
    ///
    /// - Parameters:
    ///   - number: The call's number, with the bit of x32 where it is one.
    ///   - architecture: Where it comes from.
    ///   - args: Its first arguments; the rest are 0.
    /// - Returns: The answer.
    /// - Throws: A fault, where the kernel would refuse the program.
    func verdict(
        _ number: UInt32,
        on architecture: SeccompProfile.Architecture = .native,
        _ args: [UInt64] = []
    ) throws -> SeccompVerdict {
        var last = BPFInstruction.answer(0)
        try run(number, on: architecture, args) { last = $0 }
        return SeccompVerdict(value: last.operand)
    }

    /// The instructions that run for a call, the answer last.
    func trace(
        _ number: UInt32,
        on architecture: SeccompProfile.Architecture = .native
    ) throws -> [BPFInstruction] {
        var trace: [BPFInstruction] = []
        try run(number, on: architecture, []) { trace.append($0) }
        return trace
    }

    /// Whether the program looks at an argument of the call.
    func dependsOnArguments(_ number: UInt32, on architecture: SeccompProfile.Architecture) throws -> Bool {
        try trace(number, on: architecture).contains {
            $0.code == BPFInstruction.Code.load && $0.operand >= SeccompDataField.lowArgument(0).offset
        }
    }

    private func run(
        _ number: UInt32,
        on architecture: SeccompProfile.Architecture,
        _ args: [UInt64],
        visit: (BPFInstruction) -> Void
    ) throws {
        let words = Self.words(number, architecture.auditArchitecture ?? 0, args)
        var accumulator: UInt32 = 0
        var position = 0
        while true {
            guard program.indices.contains(position) else {
                throw Fault(position: position, reason: "left the program")
            }
            let instruction = program[position]
            visit(instruction)
            position += 1
            switch instruction.code {
            case 0x20:
                guard instruction.operand.isMultiple(of: 4), Int(instruction.operand) / 4 < words.count else {
                    throw Fault(position: position - 1, reason: "load outside of seccomp_data")
                }
                accumulator = words[Int(instruction.operand) / 4]
            case 0x54: accumulator &= instruction.operand
            case 0x05: position += Int(instruction.operand)
            case 0x15: position += instruction.distance(accumulator == instruction.operand)
            case 0x25: position += instruction.distance(accumulator > instruction.operand)
            case 0x35: position += instruction.distance(accumulator >= instruction.operand)
            case 0x45: position += instruction.distance(accumulator & instruction.operand != 0)
            case 0x06: return
            default: throw Fault(position: position - 1, reason: "unknown instruction \(instruction.code)")
            }
        }
    }

    /// `struct seccomp_data` as little-endian words.
    private static func words(_ number: UInt32, _ architecture: UInt32, _ args: [UInt64]) -> [UInt32] {
        let padded = args + [UInt64](repeating: 0, count: 6 - args.count)
        return [number, architecture, 0, 0]
            + padded.flatMap { [UInt32(truncatingIfNeeded: $0), UInt32($0 >> 32)] }
    }
}

extension BPFInstruction {
    fileprivate func distance(_ outcome: Bool) -> Int {
        Int(outcome ? jumpTrue : jumpFalse)
    }
}

/// What a filter returns (`linux/seccomp.h`).
struct SeccompVerdict: Equatable, CustomStringConvertible {
    var value: UInt32

    static let allow = SeccompVerdict(value: 0x7fff_0000)
    static let killThread = SeccompVerdict(value: 0)
    static let eperm = errno(1)
    static let enosys = errno(38)

    static func errno(_ number: UInt32) -> SeccompVerdict {
        SeccompVerdict(value: 0x0005_0000 | number)
    }

    var description: String {
        switch self {
        case .allow: "allow"
        case .killThread: "kill thread"
        case .eperm: "EPERM"
        case .enosys: "ENOSYS"
        default: "0x" + String(value, radix: 16)
        }
    }
}

extension SeccompInterpreter {
    /// What the program answers to a call by name; nil if the architecture has no such call.
    func verdict(
        _ call: String,
        on architecture: SeccompProfile.Architecture = .native,
        _ args: [UInt64] = []
    ) throws -> SeccompVerdict? {
        try architecture.number(of: call).map { try verdict($0, on: architecture, args) }
    }
}
