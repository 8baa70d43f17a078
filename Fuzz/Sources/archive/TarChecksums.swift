// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The checksums of a tar archive's headers.
///
/// Source: POSIX.1-2017, pax, "ustar Interchange Format".
enum TarChecksums {
    /// `bytes`, with the right checksum in each block that calls itself a header.
    static func corrected(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for start in stride(from: 0, through: bytes.count - 512, by: 512)
        where bytes[start + 257..<start + 262].elementsEqual("ustar".utf8) {
            let field = start + 148..<start + 156
            bytes.replaceSubrange(field, with: repeatElement(UInt8(ascii: " "), count: 8))
            let sum = bytes[start..<start + 512].reduce(0) { $0 + Int($1) }
            let octal = String(sum, radix: 8)
            let text = String(repeating: "0", count: max(0, 6 - octal.count)) + octal + "\0 "
            bytes.replaceSubrange(field, with: Array(text.utf8))
        }
        return bytes
    }
}
