// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Heredoc {
    /// The here-documents that `line` announces, in their order.
    ///
    /// Their content is still empty.
    ///
    /// The shell's rules decide which `<<` counts, with `\` as the escape whatever the Dockerfile's is.
    static func announced(in line: String) throws(ExpansionFailure) -> [Heredoc] {
        var expander = VariableExpander(escape: "\\")
        expander.keepsQuotes = true
        expander.keepsEscapes = true
        expander.keepsUnset = true
        // A line that the shell could not read announces nothing; the shell will say so when it runs.
        guard let words = try? expander.expand(line, in: Environment()).words else { return [] }
        var documents: [Heredoc] = []
        for word in words {
            if let document = try Heredoc(word: word) { documents.append(document) }
        }
        return documents
    }

    /// The here-document that `word` announces, nil when it is no such word.
    init?(word: String) throws(ExpansionFailure) {
        guard let parts = Parts(word), !parts.delimiter.isEmpty else { return nil }
        var expander = VariableExpander(escape: "\\")
        expander.keepsUnset = true
        let plain = try expander.expand(parts.delimiter, in: Environment()).words
        guard plain.count == 1 else { return nil }
        expander.keepsQuotes = true
        let quoted = try expander.expand(parts.delimiter, in: Environment()).words
        guard quoted.count == 1 else {
            throw ExpansionFailure("the here-document's delimiter \(parts.delimiter) is not one word")
        }
        name = plain[0]
        descriptor = parts.descriptor
        expands = Self.quotes(in: plain[0]) == Self.quotes(in: quoted[0])
        chomps = parts.chomps
    }

    private static func quotes(in word: String) -> Int {
        word.unicodeScalars.count { $0 == "'" || $0 == "\"" }
    }

    /// `<digits>` `<<` `-`? `<delimiter>`.
    private struct Parts {
        var descriptor: UInt
        var chomps: Bool
        var delimiter: String

        init?(_ word: String) {
            var cursor = ScalarCursor(ScalarText(text: word))
            var digits = ""
            while let digit = cursor.peek, digit.isASCIIDigit {
                digits.unicodeScalars.append(digit)
                cursor.next()
            }
            guard cursor.take("<"), cursor.take("<") else { return nil }
            descriptor = digits.isEmpty ? 0 : UInt(digits) ?? .max
            chomps = cursor.take("-")
            cursor.skip(while: \.isASCIISpace)
            delimiter = ""
            while let scalar = cursor.next() { delimiter.unicodeScalars.append(scalar) }
            if delimiter.contains(scalar: "<") { return nil }
        }
    }
}
