// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Cuts text into words at white space, where quotes and escapes hold a word together.
///
/// Quotes and escapes stay in the words: the variable expansion takes them off.
struct WordSplitter {
    private var cursor: ScalarCursor
    private let escape: Unicode.Scalar

    init(_ text: ScalarText, escape: Unicode.Scalar) {
        cursor = ScalarCursor(text)
        self.escape = escape
    }

    static func words(in text: ScalarText, escape: Unicode.Scalar) -> [Token] {
        var splitter = WordSplitter(text, escape: escape)
        var words: [Token] = []
        while let word = splitter.next() { words.append(word) }
        return words
    }

    /// The next word that is not empty.
    private mutating func next() -> Token? {
        while true {
            cursor.skip(while: \.isSpace)
            guard !cursor.isAtEnd else { return nil }
            let start = cursor.index
            let text = readWord()
            if !text.isEmpty { return Token(text, range: start..<cursor.index) }
        }
    }

    private mutating func readWord() -> String {
        var word = String.UnicodeScalarView()
        while let scalar = cursor.peek, !scalar.isSpace {
            cursor.next()
            if scalar == escape {
                // The last escape of the text escapes nothing and is dropped.
                guard let escaped = cursor.next() else { break }
                word.append(scalar)
                word.append(escaped)
            } else {
                word.append(scalar)
                if scalar == "'" || scalar == "\"" { readQuoted(until: scalar, into: &word) }
            }
        }
        return String(word)
    }

    private mutating func readQuoted(until quote: Unicode.Scalar, into word: inout String.UnicodeScalarView) {
        while let scalar = cursor.next() {
            if scalar == escape, quote == "\"" {
                guard let escaped = cursor.next() else { return }
                word.append(scalar)
                word.append(escaped)
            } else {
                word.append(scalar)
                if scalar == quote { return }
            }
        }
    }
}
