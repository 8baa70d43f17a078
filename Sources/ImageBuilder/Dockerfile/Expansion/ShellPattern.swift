// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A pattern of the modifiers `#`, `%` and `/`: `*` is any text, `?` any scalar, neither of them a line's end.
///
/// `\` makes `*`, `?` and `\` plain, and is dropped before `}` and `/`; before anything else it is a mistake.
struct ShellPattern {
    private enum Element {
        case scalar(Unicode.Scalar)
        case anyScalar
        case anyText
    }

    /// More `*` than this are refused: each costs stack.
    private static let maxWildcards = 256

    private var elements: [Element] = []
    /// Whether `*` takes as much as it can, rather than as little.
    private let isGreedy: Bool

    init(_ pattern: String, isGreedy: Bool) throws(ExpansionFailure) {
        self.isGreedy = isGreedy
        guard pattern.unicodeScalars.count(where: { $0 == "*" }) <= Self.maxWildcards else {
            throw ExpansionFailure("a pattern may hold at most \(Self.maxWildcards) *")
        }
        var cursor = ScalarCursor(ScalarText(text: pattern))
        while let scalar = cursor.next() {
            switch scalar {
            case "*": elements.append(.anyText)
            case "?": elements.append(.anyScalar)
            case "\\":
                if cursor.peek == "}" || cursor.peek == "/" { continue }
                guard let escaped = cursor.next(), ["*", "?", "\\"].contains(escaped) else {
                    throw ExpansionFailure("the pattern \(pattern.quoted) escapes what needs no escape")
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
        let pattern = try ShellPattern(pattern, isGreedy: longest)
        let scalars = Array(value.unicodeScalars)
        guard let end = pattern.matchEnd(in: scalars, from: 0) else { return value }
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

    func replaceFirst(in value: String, with replacement: String) -> String {
        let scalars = Array(value.unicodeScalars)
        guard let match = firstMatch(in: scalars, from: 0) else { return value }
        return String(scalars[..<match.lowerBound]) + replacement + String(scalars[match.upperBound...])
    }

    /// Replaces every match.
    ///
    /// An empty match counts, except right behind another one.
    func replaceAll(in value: String, with replacement: String) -> String {
        let scalars = Array(value.unicodeScalars)
        let template = ReplacementTemplate(replacement)
        var result = String.UnicodeScalarView()
        var copied = 0
        var start = 0
        while start <= scalars.count, let match = firstMatch(in: scalars, from: start) {
            result.append(contentsOf: scalars[copied..<match.lowerBound])
            if match.upperBound > copied || match.lowerBound == 0 {
                result.append(contentsOf: template.filled(with: scalars[match]))
            }
            copied = match.upperBound
            start = max(start + 1, match.upperBound)
        }
        result.append(contentsOf: scalars[copied...])
        return String(result)
    }
}

// MARK: Matching

extension ShellPattern {
    private func firstMatch(in scalars: [Unicode.Scalar], from start: Int) -> Range<Int>? {
        var failed: Set<Int> = []
        for index in start...scalars.count {
            if let end = matchEnd(in: scalars, at: index, element: 0, failed: &failed) { return index..<end }
        }
        return nil
    }

    /// Where a match that begins at `start` ends.
    private func matchEnd(in scalars: [Unicode.Scalar], from start: Int) -> Int? {
        var failed: Set<Int> = []
        return matchEnd(in: scalars, at: start, element: 0, failed: &failed)
    }

    /// Tries the ends of each `*` in the order of preference.
    ///
    /// What failed once is never tried again, which keeps the time within (elements × scalars), whatever the pattern.
    private func matchEnd(
        in scalars: [Unicode.Scalar],
        at start: Int,
        element first: Int,
        failed: inout Set<Int>
    ) -> Int? {
        var position = start
        var element = first
        while element < elements.count {
            switch elements[element] {
            case .scalar(let scalar):
                guard position < scalars.count, scalars[position] == scalar else { return nil }
                position += 1
            case .anyScalar:
                guard position < scalars.count, scalars[position] != "\n" else { return nil }
                position += 1
            case .anyText:
                let limit = scalars[position...].firstIndex(of: "\n") ?? scalars.count
                let ends = isGreedy ? Array((position...limit).reversed()) : Array(position...limit)
                for end in ends where !failed.contains(element * (scalars.count + 1) + end) {
                    if let match = matchEnd(in: scalars, at: end, element: element + 1, failed: &failed) {
                        return match
                    }
                    failed.insert(element * (scalars.count + 1) + end)
                }
                return nil
            }
            element += 1
        }
        return position
    }
}
