// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Why a word can't be expanded.
///
/// The caller, who knows where the word stands, makes an ``ImageBuilderError`` of it.
package struct ExpansionFailure: Error, Equatable {
    package let message: String

    package init(_ message: String) {
        self.message = message
    }

    static let missingBrace = ExpansionFailure("the variable's } is missing")
    static let badSubstitution = ExpansionFailure("bad substitution: a variable's name must follow ${")
    package static let tooLong = ExpansionFailure("the expanded text, or the search for a pattern in it, is too long")
    static let nestedTooDeep = ExpansionFailure("variables are nested too deep")

    static func unsupportedModifier(_ modifier: String) -> ExpansionFailure {
        ExpansionFailure("the modifier \(modifier.inQuotes) is not supported in a variable")
    }

    static func unmatchedQuote(_ quote: Unicode.Scalar) -> ExpansionFailure {
        ExpansionFailure("the closing \(quote) is missing")
    }
}
