// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The ASCII classes the grammars of references and digests are made of.
extension UInt8 {
    var isDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }
    var isLowercaseLetter: Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= self }
    var isUppercaseLetter: Bool { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= self }
    var isLowercaseAlphanumeric: Bool { isDigit || isLowercaseLetter }
    var isAlphanumeric: Bool { isLowercaseAlphanumeric || isUppercaseLetter }
    var isWord: Bool { isAlphanumeric || self == UInt8(ascii: "_") }
    var isLowercaseHexDigit: Bool { isDigit || UInt8(ascii: "a")...UInt8(ascii: "f") ~= self }
    var isHexDigit: Bool { isLowercaseHexDigit || UInt8(ascii: "A")...UInt8(ascii: "F") ~= self }
}
