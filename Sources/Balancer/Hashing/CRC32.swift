// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The cyclic redundancy check of Ethernet and gzip (reflected polynomial 0xEDB88320), by which nginx hashes.
public struct CRC32: Sendable {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }

    private var state: UInt32 = 0xFFFF_FFFF

    /// Begins a checksum.
    public init() {}

    /// Adds bytes.
    ///
    /// - Parameter bytes: The bytes, in order.
    public mutating func update(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            state = Self.table[Int((state ^ UInt32(byte)) & 0xFF)] ^ (state >> 8)
        }
    }

    /// The checksum of all bytes so far.
    public var value: UInt32 { ~state }

    /// The checksum of a string's UTF-8 bytes.
    ///
    /// - Parameter string: What to hash.
    /// - Returns: The checksum.
    public static func hash(_ string: String) -> UInt32 {
        var checksum = CRC32()
        checksum.update(string.utf8)
        return checksum.value
    }
}
