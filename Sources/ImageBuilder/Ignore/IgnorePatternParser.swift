// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Cuts a pattern into wildcards.
struct IgnorePatternParser {
    private enum Shape {
        case exact, prefix, suffix, wildcards
    }

    private let pattern: ScalarText
    private var cursor: ScalarCursor
    private var wildcards: [Wildcard] = []
    private var shape = Shape.exact

    static func form(of pattern: ScalarText) throws(IgnorePattern.Malformed) -> IgnorePattern.Form {
        var parser = IgnorePatternParser(pattern: pattern, cursor: ScalarCursor(pattern))
        try parser.parse()
        return switch parser.shape {
        case .exact: .exact
        case .prefix: .prefix(pattern.dropLast(2))
        case .suffix: .suffix(pattern.dropFirst(2))
        case .wildcards: .wildcards(parser.wildcards)
        }
    }

    private mutating func parse() throws(IgnorePattern.Malformed) {
        while let scalar = cursor.next() {
            switch scalar {
            case "*":
                if cursor.take("*") {
                    addDoubleStar()
                } else {
                    add(.anyName)
                }
            case "?": add(.anyScalar)
            case "[": add(try parseSet())
            case "\\":
                guard let escaped = cursor.next() else { throw malformed("nothing follows its last \\") }
                add(.scalar(escaped))
            default: wildcards.append(.scalar(scalar))
            }
        }
    }

    private mutating func add(_ wildcard: Wildcard) {
        wildcards.append(wildcard)
        shape = .wildcards
    }

    private mutating func addDoubleStar() {
        let isFirst = wildcards.isEmpty
        // `**/` is `**`: the slash belongs to the directories.
        _ = cursor.take("/")
        let isLast = cursor.isAtEnd
        wildcards.append(isLast ? .anything : .anyDirectories)
        if isFirst {
            shape = .suffix
        } else if isLast, shape == .exact {
            shape = .prefix
        } else {
            shape = .wildcards
        }
    }

    private mutating func parseSet() throws(IgnorePattern.Malformed) -> Wildcard {
        let isNegated = cursor.take("^")
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        while ranges.isEmpty || !cursor.take("]") {
            let low = try parseBound()
            let high = cursor.take("-") ? try parseBound() : low
            guard low <= high else { throw malformed("a range in [ ] ends before it begins") }
            ranges.append(low...high)
        }
        return .set(ranges, isNegated: isNegated)
    }

    private mutating func parseBound() throws(IgnorePattern.Malformed) -> Unicode.Scalar {
        if cursor.peek == "-" || cursor.peek == "]" { throw malformed("a - or ] in [ ] needs a \\ before it") }
        _ = cursor.take("\\")
        guard let bound = cursor.next(), !cursor.isAtEnd else { throw malformed("a [ is not closed") }
        return bound
    }

    private func malformed(_ reason: String) -> IgnorePattern.Malformed {
        .init(message: "the pattern \(String(pattern).inQuotes) is malformed: \(reason)")
    }
}
