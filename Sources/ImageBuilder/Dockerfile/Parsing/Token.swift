// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A part of a logical line, and where it stands there.
package struct Token: Sendable, Equatable {
    /// What the part says; quotes of a flag are gone, those of an argument are kept for the expansion.
    package let text: String
    /// Its place in the logical line, in scalars.
    package let range: Range<Int>

    package init(_ text: String, range: Range<Int>) {
        self.text = text
        self.range = range
    }

    package init(_ text: ScalarText) {
        self.init(String(text), range: text.startIndex..<text.endIndex)
    }
}
