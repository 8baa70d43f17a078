// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// One instruction of classic BPF as seccomp runs it (`linux/filter.h`, `struct sock_filter`).
struct BPFInstruction: Hashable, Sendable {
    var code: UInt16
    var jumpTrue: UInt8 = 0
    var jumpFalse: UInt8 = 0
    var operand: UInt32

    /// The bytes of an instruction.
    static let size = 8

    /// The most instructions that the kernel takes (`BPF_MAXINSNS`).
    static let maximumCount = 4096
}

extension BPFInstruction {
    /// The comparisons of a conditional jump.
    enum Comparison: UInt16 {
        case equal = 0x15
        case greater = 0x25
        case greaterOrEqual = 0x35
        case anyBit = 0x45
    }

    /// The operation codes beside the comparisons.
    enum Code {
        static let load: UInt16 = 0x20
        static let and: UInt16 = 0x54
        static let skip: UInt16 = 0x05
        static let answer: UInt16 = 0x06
    }

    /// Loads a 32-bit word of the `struct seccomp_data`.
    static func load(_ field: SeccompDataField) -> BPFInstruction {
        BPFInstruction(code: Code.load, operand: field.offset)
    }

    /// Keeps the bits of the mask.
    static func and(_ mask: UInt32) -> BPFInstruction {
        BPFInstruction(code: Code.and, operand: mask)
    }

    /// Ends the program with an answer.
    static func answer(_ verdict: UInt32) -> BPFInstruction {
        BPFInstruction(code: Code.answer, operand: verdict)
    }

    /// Skips instructions.
    static func skip(_ count: Int) -> BPFInstruction {
        BPFInstruction(code: Code.skip, operand: UInt32(count))
    }

    /// Compares the loaded word and skips instructions by the outcome.
    static func skip(
        if comparison: Comparison,
        _ operand: UInt32,
        then jumpTrue: UInt8 = 0,
        else jumpFalse: UInt8 = 0
    ) -> BPFInstruction {
        BPFInstruction(code: comparison.rawValue, jumpTrue: jumpTrue, jumpFalse: jumpFalse, operand: operand)
    }
}

/// A 32-bit word of `struct seccomp_data` (`linux/seccomp.h`).
enum SeccompDataField {
    case number
    case architecture
    case lowArgument(UInt32)
    case highArgument(UInt32)

    /// Where the word lies, in bytes, on the little-endian machines that Nestbox runs on.
    var offset: UInt32 {
        switch self {
        case .number: 0
        case .architecture: 4
        case .lowArgument(let index): 16 + 8 * index
        case .highArgument(let index): 20 + 8 * index
        }
    }
}

extension BPFInstruction {
    /// The instructions of a program in the kernel's layout; nil if the bytes are not whole instructions.
    static func decode(_ bytes: [UInt8]) -> [BPFInstruction]? {
        guard bytes.count.isMultiple(of: size) else { return nil }
        return bytes.withUnsafeBytes { raw in
            stride(from: 0, to: raw.count, by: size).map { offset in
                BPFInstruction(
                    code: raw.loadUnaligned(fromByteOffset: offset, as: UInt16.self),
                    jumpTrue: raw[offset + 2],
                    jumpFalse: raw[offset + 3],
                    operand: raw.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
                )
            }
        }
    }

    /// The bytes of a program in the kernel's layout.
    static func encode(_ program: [BPFInstruction]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(program.count * size)
        for instruction in program {
            withUnsafeBytes(of: instruction.code) { bytes.append(contentsOf: $0) }
            bytes.append(instruction.jumpTrue)
            bytes.append(instruction.jumpFalse)
            withUnsafeBytes(of: instruction.operand) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }
}
