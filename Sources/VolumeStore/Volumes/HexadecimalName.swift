// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Random names made of hexadecimal digits.
enum HexadecimalName {
    /// `digits` random lower-case hexadecimal digits.
    static func random(digits: Int) -> String {
        let alphabet = Array("0123456789abcdef".utf8)
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<digits).map { _ in alphabet[Int.random(in: 0..<16, using: &generator)] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
