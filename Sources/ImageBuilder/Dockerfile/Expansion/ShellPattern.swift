// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A pattern of the modifiers `#`, `%` and `/`: `*` is any text, `?` any scalar, neither of them a line's end.
///
/// `\` makes `*`, `?` and `\` plain, and is dropped before `}` and `/`; before anything else it is a mistake.
struct ShellPattern {
    enum Element {
        case scalar(Unicode.Scalar)
        case anyScalar
        case anyText
    }

    private(set) var elements: [Element] = []
    /// Whether `*` takes as much as it can, rather than as little.
    let isGreedy: Bool

    init(_ pattern: String, isGreedy: Bool) throws(ExpansionFailure) {
        self.isGreedy = isGreedy
        var cursor = ScalarCursor(ScalarText(text: pattern))
        while let scalar = cursor.next() {
            switch scalar {
            case "*": elements.append(.anyText)
            case "?": elements.append(.anyScalar)
            case "\\":
                if cursor.peek == "}" || cursor.peek == "/" { continue }
                guard let escaped = cursor.next(), ["*", "?", "\\"].contains(escaped) else {
                    throw ExpansionFailure("the pattern \(pattern.inQuotes) escapes what needs no escape")
                }
                elements.append(.scalar(escaped))
            default: elements.append(.scalar(scalar))
            }
        }
    }

    static func removePrefix(
        _ pattern: String,
        from value: String,
        longest: Bool
    ) throws(ExpansionFailure) -> String {
        let scalars = Array(value.unicodeScalars)
        let search = try ShellPatternSearch(ShellPattern(pattern, isGreedy: longest), in: scalars)
        guard let end = search.matchEnd(from: 0) else { return value }
        return String(scalars[end...])
    }

    /// The end is searched from behind: pattern and value are turned around.
    static func removeSuffix(
        _ pattern: String,
        from value: String,
        longest: Bool
    ) throws(ExpansionFailure) -> String {
        let reversed = String(value.unicodeScalars.reversed())
        let rest = try removePrefix(turnedAround(pattern), from: reversed, longest: longest)
        return String(rest.unicodeScalars.reversed())
    }

    /// The pattern backwards, each escape still before what it escapes.
    private static func turnedAround(_ pattern: String) -> String {
        var cursor = ScalarCursor(ScalarText(text: pattern))
        var pieces: [[Unicode.Scalar]] = []
        while let scalar = cursor.next() {
            if scalar == "\\", let escaped = cursor.next() {
                pieces.append([scalar, escaped])
            } else {
                pieces.append([scalar])
            }
        }
        return String(pieces.reversed().joined())
    }

    func replaceFirst(in value: String, with replacement: String) throws(ExpansionFailure) -> String {
        let scalars = Array(value.unicodeScalars)
        guard let match = try ShellPatternSearch(self, in: scalars).firstMatch(from: 0) else { return value }
        return String(scalars[..<match.lowerBound]) + replacement + String(scalars[match.upperBound...])
    }

    /// Replaces every match.
    ///
    /// An empty match counts, except right behind another one.
    func replaceAll(in value: String, with replacement: String) throws(ExpansionFailure) -> String {
        let scalars = Array(value.unicodeScalars)
        let search = try ShellPatternSearch(self, in: scalars)
        let template = ReplacementTemplate(replacement)
        var result: [Unicode.Scalar] = []
        var copied = 0
        var start = 0
        while let match = search.firstMatch(from: start) {
            result += scalars[copied..<match.lowerBound]
            if match.upperBound > copied || match.lowerBound == 0 { result += template.filled(with: scalars[match]) }
            guard result.count <= VariableExpander.maxLength else { throw .tooLong }
            copied = match.upperBound
            start = max(start + 1, match.upperBound)
        }
        return String(result + scalars[copied...])
    }
}
