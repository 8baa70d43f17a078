// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// One pattern of an ignore file.
///
/// `*` is any text and `?` any character within a name; `**` is any number of directories; `[…]` is one of some
/// characters; `\` makes the next character plain.
///
/// Source: Go's `filepath.Match` with moby's `**`. Moby makes a regular expression of a pattern and lets a few characters
/// through that mean something there, such as `|`; here every character that is no wildcard means itself.
public struct IgnorePattern: Sendable {
    /// Why a pattern is refused.
    package struct Malformed: Error, Equatable {
        package let message: String
    }

    enum Form {
        /// The path is the pattern itself.
        case exact
        /// The path begins with the text: the pattern ends with its only wildcard, `**`.
        case prefix(ScalarText)
        /// The path ends with the text: the pattern begins with its only wildcard, `**`.
        case suffix(ScalarText)
        /// The path matches these, one after the other.
        case wildcards([Wildcard])
    }

    /// The pattern, cleaned and without `!`.
    public let text: String
    /// Whether it keeps what an earlier pattern leaves out: `!`.
    public let isException: Bool

    private let scalars: ScalarText
    private let form: Form

    /// Nil for white space alone.
    init?(_ pattern: String) throws(Malformed) {
        let trimmed = pattern.trimmed()
        guard !trimmed.isEmpty else { return nil }
        var scalars = ScalarText(text: CleanPath.clean(trimmed))
        isException = scalars.first == "!"
        if isException { scalars = scalars.dropFirst() }
        guard !scalars.isEmpty else { throw Malformed(message: "a pattern must follow !") }
        text = String(scalars)
        // Indices from 0, as those of every path.
        self.scalars = Array(scalars)[...]
        form = try IgnorePatternParser.form(of: self.scalars)
    }

    /// Whether the pattern speaks of this very path.
    func matches(_ path: ScalarText) -> Bool {
        switch form {
        case .exact: path.elementsEqual(scalars)
        case .prefix(let prefix): path.starts(with: prefix)
        case .suffix(let suffix):
            path.suffix(suffix.count).elementsEqual(suffix)
                // `**/name` speaks of `name` in the context's root, too.
                || suffix.first == "/" && path.elementsEqual(suffix.dropFirst())
        case .wildcards(let wildcards): Wildcard.match(wildcards, path)
        }
    }
}
