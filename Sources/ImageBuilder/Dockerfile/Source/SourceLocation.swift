// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A place in a file that a message is about.
public struct SourceLocation: Sendable, Hashable, CustomStringConvertible {
    /// The file's name as it was given to the parser.
    public let file: String
    /// The line, from 1.
    public let line: Int
    /// The column, from 1, in Unicode scalars.
    public let column: Int
    /// How many scalars of the line are meant.
    public let length: Int
    /// All lines of the instruction that the place belongs to, from 1.
    public let lines: ClosedRange<Int>
    /// The line's text, without its ending.
    public let excerpt: String

    /// `file:line:column`.
    public var description: String { "\(file):\(line):\(column)" }

    /// The line with a caret under the place, for a terminal.
    public var snippet: String {
        let number = String(line)
        let margin = String(repeating: " ", count: number.count)
        // A tab stays a tab, so that the caret stands under its column whatever the tab width.
        let before: [Unicode.Scalar] = excerpt.unicodeScalars.prefix(column - 1).map { $0 == "\t" ? "\t" : " " }
        let underline = "^" + String(repeating: "~", count: length - 1)
        return " \(number) | \(excerpt)\n \(margin) | \(String(before))\(underline)"
    }
}
