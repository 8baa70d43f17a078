// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A static program of a few instructions, written as an ELF file.
///
/// Every contender starts the same one, so that the figures are of the launch: a C library's start alone (it asks for
/// the processor's features, which traps in a virtual machine) takes longer than all mounts together.
enum TinyProgram {
    /// Exits with status 0: `true`.
    case succeed
    /// Waits until it is killed.
    case wait

    /// The file's content for this machine.
    var image: [UInt8] {
        let code = instructions
        let headerSize = 64 + 56
        let address: UInt64 = 0x40_0000
        var bytes: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0] + [UInt8](repeating: 0, count: 8)
        bytes.append(2 as UInt16)  // an executable
        bytes.append(Self.machine)
        bytes.append(1 as UInt32)
        bytes.append(address + UInt64(headerSize))  // the entry
        bytes.append(64 as UInt64)  // where the program header is
        bytes.append(0 as UInt64)
        bytes.append(0 as UInt32)
        for size: UInt16 in [64, 56, 1, 0, 0, 0] { bytes.append(size) }
        bytes.append(1 as UInt32)  // PT_LOAD
        bytes.append(5 as UInt32)  // readable, executable
        let size = UInt64(headerSize + code.count)
        for value: UInt64 in [0, address, address, size, size, 0x1000] { bytes.append(value) }
        return bytes + code
    }

    #if arch(x86_64)
    private static let machine: UInt16 = 62

    private var instructions: [UInt8] {
        switch self {
        case .succeed: [0x31, 0xFF, 0xB8, 0xE7, 0, 0, 0, 0x0F, 0x05]  // exit_group(0)
        case .wait: [0xB8, 0x22, 0, 0, 0, 0x0F, 0x05, 0xEB, 0xF7]  // pause, again and again
        }
    }
    #elseif arch(arm64)
    private static let machine: UInt16 = 183

    private var instructions: [UInt8] {
        let words: [UInt32] =
            switch self {
            case .succeed: [0xD280_0000, 0xD280_0BC8, 0xD400_0001]  // exit_group(0)
            case .wait:  // ppoll(NULL, 0, NULL, NULL), again and again
                [
                    0xD280_0000, 0xD280_0001, 0xD280_0002, 0xD280_0003, 0xD280_0928, 0xD400_0001, 0x17FF_FFFA,
                ]
            }
        return words.reduce(into: []) { $0.append($1) }
    }
    #endif
}

extension [UInt8] {
    fileprivate mutating func append(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
