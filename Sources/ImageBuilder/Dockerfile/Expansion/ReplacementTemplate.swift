// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The text that takes the place of each match of `${name//pattern/text}`.
///
/// BuildKit's replacement knows `$0` and `${0}` as the match; other `$name` are empty, `$$` is `$`, and a `$` with no
/// name after it is itself. All of that is rare: variables are expanded before.
struct ReplacementTemplate {
    private enum Piece {
        case text(String)
        case match
    }

    private var pieces: [Piece] = []

    init(_ text: String) {
        var rest = ScalarText(text: text)
        while let (before, after) = rest.cut(at: "$") {
            pieces.append(.text(String(before)))
            rest = after
            if rest.first == "$" {
                pieces.append(.text("$"))
                rest = rest.dropFirst()
            } else if let (name, afterName) = Self.name(in: rest) {
                if name == "0" { pieces.append(.match) }
                rest = afterName
            } else {
                pieces.append(.text("$"))
            }
        }
        pieces.append(.text(String(rest)))
    }

    private static func name(in text: ScalarText) -> (name: String, rest: ScalarText)? {
        let isBraced = text.first == "{"
        let body = isBraced ? text.dropFirst() : text
        let name = body.prefix { $0 == "_" || $0.isLetter || $0.isDecimalDigit }
        let rest = body[name.endIndex...]
        guard !name.isEmpty, !isBraced || rest.first == "}" else { return nil }
        return (String(name), isBraced ? rest.dropFirst() : rest)
    }

    func filled(with match: ArraySlice<Unicode.Scalar>) -> String.UnicodeScalarView {
        var result = String.UnicodeScalarView()
        for piece in pieces {
            switch piece {
            case .text(let text): result.append(contentsOf: text.unicodeScalars)
            case .match: result.append(contentsOf: match)
            }
        }
        return result
    }
}
