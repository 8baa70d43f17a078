// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Unicode.Scalar {
    /// White space as Unicode defines it.
    package var isSpace: Bool {
        isASCII ? (self == " " || (0x09...0x0D).contains(value)) : properties.isWhitespace
    }

    /// What separates the arguments of an instruction.
    package var isArgumentSeparator: Bool {
        switch self {
        case "\t", "\u{0B}", "\u{0C}", "\r", " ": true
        default: false
        }
    }

    /// White space of regular expressions: narrower than ``isSpace``.
    package var isASCIISpace: Bool {
        switch self {
        case "\t", "\n", "\u{0C}", "\r", " ": true
        default: false
        }
    }

    package var isASCIILetter: Bool { isASCII && properties.isAlphabetic }

    package var isASCIIDigit: Bool { ("0"..."9").contains(self) }

    package var isDecimalDigit: Bool {
        isASCII ? isASCIIDigit : properties.generalCategory == .decimalNumber
    }

    package var isLetter: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }

    /// Whether the scalar can be shown as it is: letters, marks, numbers, punctuation, symbols and the plain space.
    package var isPrintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: self == " "
        default: true
        }
    }
}
