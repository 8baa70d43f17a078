// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Reads a text scalar by scalar, with one of look-ahead.
package struct ScalarCursor {
    private let scalars: ScalarText
    /// Where the next scalar stands.
    package private(set) var index: Int

    /// A byte order mark at the very start of `text` is skipped.
    package init(_ text: ScalarText) {
        scalars = text
        index = text.startIndex
        if text.first == "\u{FEFF}" { index += 1 }
    }

    package var isAtEnd: Bool { index >= scalars.endIndex }

    package var peek: Unicode.Scalar? { isAtEnd ? nil : scalars[index] }

    @discardableResult
    package mutating func next() -> Unicode.Scalar? {
        guard index < scalars.endIndex else { return nil }
        defer { index += 1 }
        return scalars[index]
    }

    /// Takes the next scalar if it is `scalar`.
    package mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        index += 1
        return true
    }

    package mutating func skip(while condition: (Unicode.Scalar) -> Bool) {
        while let scalar = peek, condition(scalar) { index += 1 }
    }
}
