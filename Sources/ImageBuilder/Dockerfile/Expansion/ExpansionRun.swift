// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The expansion of one word, as far as it has come.
struct ExpansionRun {
    typealias Scalars = String.UnicodeScalarView

    /// Deeper nesting is refused: each level costs stack.
    private static let maxDepth = 64

    let options: VariableExpander
    let environment: Environment
    var cursor: ScalarCursor
    var keepsEscapes: Bool
    private var depth = 0
    private var length = 0
    /// The word being collected: one for all levels of nesting.
    private var word = Scalars()
    private var found: [String] = []
    private var missing: [String] = []
    private var seen: Set<String> = []

    init(_ word: String, options: VariableExpander, environment: Environment) {
        self.options = options
        self.environment = environment
        cursor = ScalarCursor(ScalarText(text: word))
        keepsEscapes = options.keepsEscapes
    }

    mutating func expand() throws(ExpansionFailure) -> VariableExpander.Expansion {
        let (text, words) = try read(until: nil, keepingEscapes: keepsEscapes)
        return .init(text: text, words: words, found: found, missing: missing)
    }

    /// The value of a variable; remembers whether it was there.
    mutating func lookUp(_ name: String) -> String? {
        let value = environment[name]
        if seen.insert(name).inserted {
            if value == nil { missing.append(name) } else { found.append(name) }
        }
        return value
    }

    /// Expands up to `stop`, which is taken, or to the end of the input.
    mutating func read(
        until stop: Unicode.Scalar?,
        keepingEscapes: Bool
    ) throws(ExpansionFailure) -> (text: String, words: [String]) {
        guard depth < Self.maxDepth else { throw .nestedTooDeep }
        depth += 1
        let outer = keepsEscapes
        keepsEscapes = keepingEscapes
        defer {
            keepsEscapes = outer
            depth -= 1
        }

        var text = Scalars()
        var words = WordList()
        word = Scalars()
        while let scalar = cursor.peek {
            if scalar == stop {
                cursor.next()
                return (String(text), finish(&words))
            }
            if let special = try readSpecial(scalar) {
                try count(special)
                text.append(contentsOf: special.unicodeScalars)
                if scalar == "$" {
                    for scalar in special.unicodeScalars { add(scalar, to: &words) }
                } else {
                    word.append(contentsOf: special.unicodeScalars)
                    words.isInWord = true
                }
                continue
            }
            cursor.next()
            guard scalar == options.escape else {
                add(scalar, to: &words)
                text.append(scalar)
                continue
            }
            if keepsEscapes {
                addPlain(scalar, to: &words)
                text.append(scalar)
            }
            guard let escaped = cursor.next() else { break }
            addPlain(escaped, to: &words)
            text.append(escaped)
        }
        if let stop { throw .unmatchedQuote(stop) }
        return (String(text), finish(&words))
    }

    /// Limits what all variables and quoted parts add up to.
    private mutating func count(_ special: String) throws(ExpansionFailure) {
        length += special.utf8.count
        guard length <= VariableExpander.maxLength else { throw .tooLong }
    }

    /// What stands for a variable, a quoted part or `<<`; nil when `scalar` begins none of them.
    private mutating func readSpecial(_ scalar: Unicode.Scalar) throws(ExpansionFailure) -> String? {
        switch scalar {
        case "$": try readVariable()
        case "<": readHeredocMark()
        case "'" where !options.ignoresQuotes: try readSingleQuoted()
        case "\"" where !options.ignoresQuotes: try readDoubleQuoted()
        default: nil
        }
    }

    /// `<<` with the blanks after it, so that a here-document's mark and its name stay one word.
    private mutating func readHeredocMark() -> String {
        cursor.next()
        guard cursor.take("<") else { return "<" }
        var mark = "<<"
        while let scalar = cursor.peek, scalar == " " || scalar == "\t" || scalar == "\r" {
            mark.unicodeScalars.append(scalar)
            cursor.next()
        }
        return mark
    }

    private mutating func readSingleQuoted() throws(ExpansionFailure) -> String {
        cursor.next()
        var text = Scalars(options.keepsQuotes ? ["'"] : [])
        while let scalar = cursor.next() {
            if scalar == "'" {
                if options.keepsQuotes { text.append(scalar) }
                return String(text)
            }
            text.append(scalar)
        }
        throw .unmatchedQuote("'")
    }

    private mutating func readDoubleQuoted() throws(ExpansionFailure) -> String {
        cursor.next()
        var text = Scalars(options.keepsQuotes ? ["\""] : [])
        while let scalar = cursor.peek {
            if scalar == "$" {
                let value = try readVariable()
                try count(value)
                text.append(contentsOf: value.unicodeScalars)
                continue
            }
            cursor.next()
            if scalar == "\"" {
                if options.keepsQuotes { text.append(scalar) }
                return String(text)
            }
            guard scalar == options.escape else {
                text.append(scalar)
                continue
            }
            if keepsEscapes { text.append(scalar) }
            guard let next = cursor.peek else { break }
            // Only these can be escaped here; before anything else the escape is plain text.
            if next == "\"" || next == "$" || next == options.escape {
                cursor.next()
                text.append(next)
            } else {
                text.append(scalar)
            }
        }
        throw .unmatchedQuote("\"")
    }
}

// MARK: Words

extension ExpansionRun {
    private struct WordList {
        var words: [String] = []
        var isInWord = false
    }

    private mutating func add(_ scalar: Unicode.Scalar, to list: inout WordList) {
        guard scalar.isSpace else { return addPlain(scalar, to: &list) }
        guard list.isInWord, !word.isEmpty else { return }
        list.words.append(String(word))
        word = Scalars()
        list.isInWord = false
    }

    private mutating func addPlain(_ scalar: Unicode.Scalar, to list: inout WordList) {
        word.append(scalar)
        list.isInWord = true
    }

    private mutating func finish(_ list: inout WordList) -> [String] {
        if !word.isEmpty {
            list.words.append(String(word))
            word = Scalars()
        }
        return list.words
    }
}
