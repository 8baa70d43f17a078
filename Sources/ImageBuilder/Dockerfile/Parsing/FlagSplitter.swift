// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Takes the `--flag` words off the start of an instruction's text.
///
/// Quotes hold a flag together and are taken off; an escape makes the next scalar a plain one. BuildKit reads flags
/// byte by byte and garbles what is not ASCII; here it stays as it is.
struct FlagSplitter {
    private var cursor: ScalarCursor
    private let text: ScalarText
    private let escape: Unicode.Scalar

    private init(_ text: ScalarText, escape: Unicode.Scalar) {
        self.text = text
        self.escape = escape
        cursor = ScalarCursor(text)
    }

    /// The flags, and what follows them.
    ///
    /// A lone `--` ends the flags and is dropped.
    static func split(_ text: ScalarText, escape: Unicode.Scalar) -> (flags: [Token], rest: ScalarText) {
        var splitter = FlagSplitter(text, escape: escape)
        var flags: [Token] = []
        while true {
            splitter.cursor.skip(while: \.isArgumentSeparator)
            let start = splitter.cursor.index
            guard text[start...].hasPrefix("--") else { return (flags, text[start...]) }
            let word = splitter.readWord()
            if word == "--" { return (flags, text[splitter.cursor.index...]) }
            flags.append(Token(word, range: start..<splitter.cursor.index))
        }
    }

    private mutating func readWord() -> String {
        var word = String.UnicodeScalarView()
        var quote: Unicode.Scalar?
        while let scalar = cursor.peek, quote != nil || !scalar.isArgumentSeparator {
            cursor.next()
            if let open = quote, scalar == open {
                quote = nil
            } else if quote == nil, scalar == "'" || scalar == "\"" {
                quote = scalar
            } else if scalar == escape {
                if let escaped = cursor.next() { word.append(escaped) }
            } else {
                word.append(scalar)
            }
        }
        return String(word)
    }
}
