// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A compiled filter as it is written down, with what it was compiled from.
///
/// A magic number, the lengths of the key and the program, the flags, then the key and the program. Numbers are 32-bit
/// little-endian.
struct SeccompFilterRecord: Hashable, Sendable {
    /// Longer than any profile's identity that a program of the kernel's most instructions needs.
    static let maximumSize = 1 << 20

    private static let magic: [UInt8] = Array("NBSECBP1".utf8)
    private static let headerSize = 8 + 3 * 4

    /// The profile's identity and that of its compiler.
    var key: [UInt8]
    var filter: LaunchInputs.SeccompFilter

    init(key: [UInt8], filter: LaunchInputs.SeccompFilter) {
        self.key = key
        self.filter = filter
    }

    /// Reads a record.
    ///
    /// - Parameter bytes: A whole file; one of another form, cut short or with a program that the kernel can't take
    ///   gives `nil`.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.headerSize, bytes.starts(with: Self.magic) else { return nil }
        let (keySize, programSize) = (Int(Self.number(8, in: bytes)), Int(Self.number(12, in: bytes)))
        guard bytes.count == Self.headerSize + keySize + programSize else { return nil }
        let program = Array(bytes[(Self.headerSize + keySize)...])
        let count = programSize / BPFInstruction.size
        guard programSize.isMultiple(of: BPFInstruction.size), (1...BPFInstruction.maximumCount).contains(count)
        else { return nil }
        key = Array(bytes[Self.headerSize..<(Self.headerSize + keySize)])
        filter = LaunchInputs.SeccompFilter(program: program, flags: Self.number(16, in: bytes))
    }

    private static func number(_ offset: Int, in bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
    }

    /// The record's bytes.
    var bytes: [UInt8] {
        var bytes = Self.magic
        for number in [UInt32(key.count), UInt32(filter.program.count), filter.flags] {
            withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes + key + filter.program
    }
}
