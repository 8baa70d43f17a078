// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Replaces variables, takes quotes and escapes off, and splits words, as BuildKit does for a Dockerfile's arguments.
///
/// It knows `$name`, `${name}`, and the modifiers `-` `:-` `+` `:+` `?` `:?` `#` `##` `%` `%%` `/` `//`.
///
/// Source: the Dockerfile reference, "Environment replacement"; POSIX, "Shell Command Language", 2.6.2.
package struct VariableExpander: Sendable {
    /// The longest result, in bytes: eight times what the kernel takes as one variable of a program.
    ///
    /// Without a limit a few lines like `ENV a=$a$a` would fill the memory.
    package static let maxLength = 1 << 20

    /// Makes the next scalar a plain one: `\`, or a backtick where the Dockerfile says so.
    package var escape: Unicode.Scalar
    /// Quotes stay in the result.
    package var keepsQuotes = false
    /// Escapes stay in the result.
    package var keepsEscapes = false
    /// Quotes are plain text, as in the content of a here-document.
    package var ignoresQuotes = false
    /// A variable that is not set stays as it is written.
    package var keepsUnset = false

    package init(escape: Unicode.Scalar) {
        self.escape = escape
    }

    /// What became of a word.
    package struct Expansion: Sendable, Equatable {
        /// The whole word, white space kept.
        package var text: String
        /// The result split at white space that is neither quoted nor escaped.
        ///
        /// BuildKit forgets what it has of the word so far at each nested word, as in `${a:-b}`, and so does this.
        package var words: [String]
        /// The variables that were found, in the order of their first use.
        package var found: [String]
        /// The variables that were looked up in vain, in the order of their first use.
        package var missing: [String]
    }

    package func expand(_ word: String, in environment: Environment) throws(ExpansionFailure) -> Expansion {
        var run = ExpansionRun(word, options: self, environment: environment)
        return try run.expand()
    }
}
