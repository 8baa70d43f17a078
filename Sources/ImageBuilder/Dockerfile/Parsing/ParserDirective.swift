// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A `# name=value` line at the head of a file.
package struct ParserDirective: Sendable, Equatable {
    package enum Name: String, Sendable {
        case syntax, escape, check
    }

    package let name: Name
    package let value: String
    /// The line it stands on, from 1.
    package let line: Int

    /// The value up to its first space.
    package var firstWord: String {
        value.cut(at: " ")?.before ?? value
    }
}

/// Reads the directives at the head of a file.
///
/// The first line that is none ends them.
///
/// Source: the Dockerfile reference, "Parser directives".
package struct ParserDirectiveReader {
    private let comment: String
    private var line: Int
    private var seen: Set<ParserDirective.Name> = []
    private var isDone = false

    /// A repeated directive.
    struct Duplicate: Error {
        let name: ParserDirective.Name
    }

    /// - Parameters:
    ///   - comment: What begins a directive's line.
    ///   - line: How many lines went before.
    package init(comment: String = "#", line: Int = 0) {
        self.comment = comment
        self.line = line
    }

    /// The directive on the next line, nil when the directives are over.
    mutating func read(_ text: ScalarText) throws(Duplicate) -> ParserDirective? {
        line += 1
        guard !isDone else { return nil }
        guard text.hasPrefix(comment),
            let (name, value) = Self.assignment(in: text.dropFirst(comment.unicodeScalars.count).trimmedStart()),
            let name = ParserDirective.Name(rawValue: name.lowercased())
        else {
            isDone = true
            return nil
        }
        guard seen.insert(name).inserted else { throw Duplicate(name: name) }
        return ParserDirective(name: name, value: value, line: line)
    }

    /// A name of letters and digits, `=`, and a value of at least one scalar, with white space around allowed.
    private static func assignment(in text: ScalarText) -> (name: String, value: String)? {
        let name = text.prefix { $0.isASCIILetter || $0.isASCIIDigit }
        guard name.first?.isASCIILetter == true else { return nil }
        var rest = text[name.endIndex...].drop(while: \.isASCIISpace)
        guard rest.first == "=" else { return nil }
        rest = rest.dropFirst()
        guard let last = rest.last else { return nil }
        var value = rest.drop(while: \.isASCIISpace)
        while value.last?.isASCIISpace == true { value.removeLast() }
        // A value of white space alone is that white space: a mistake, and it must be seen as one.
        return (String(name), value.isEmpty ? String(last) : String(value))
    }

    /// The directives at the head of `lines`, up to a repeated one.
    package static func directives(in lines: ArraySlice<ScalarText>, comment: String = "#") -> [ParserDirective] {
        var reader = ParserDirectiveReader(comment: comment, line: lines.startIndex)
        var found: [ParserDirective] = []
        for (index, line) in zip(lines.indices, lines) {
            var line = line
            if index == 0, line.first == "\u{FEFF}" { line.removeFirst() }
            while let last = line.last, last == "\n" || last == "\r" { line.removeLast() }
            guard let directive = try? reader.read(line) else { break }
            found.append(directive)
        }
        return found
    }
}
