// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A challenge of a `WWW-Authenticate` header: how a registry wants to be asked.
///
/// Source: RFC 9110, section 11.6.1.
struct Challenge: Sendable, Hashable {
    /// The scheme in lower case: `bearer` or `basic`.
    var scheme: String

    /// The parameters, their names in lower case.
    var parameters: [String: String] = [:]

    /// All challenges of a header's value.
    static func parse(_ header: String) -> [Challenge] {
        var parser = Parser(rest: header[...])
        return parser.challenges()
    }
}

extension Challenge {
    /// Reads tokens, quoted strings and the commas that separate both parameters and challenges.
    private struct Parser {
        var rest: Substring

        mutating func challenges() -> [Challenge] {
            var found: [Challenge] = []
            while true {
                skip { $0 == " " || $0 == "\t" || $0 == "," }
                let word = take(while: Self.isTokenCharacter)
                guard !word.isEmpty else { return found }
                skip { $0 == " " || $0 == "\t" }
                if rest.first == "=", !found.isEmpty {
                    rest = rest.dropFirst()
                    skip { $0 == " " || $0 == "\t" }
                    found[found.count - 1].parameters[word.lowercased()] = value()
                } else {
                    found.append(Challenge(scheme: word.lowercased()))
                }
            }
        }

        private mutating func value() -> String {
            guard rest.first == "\"" else { return take(while: Self.isTokenCharacter) }
            rest = rest.dropFirst()
            var text = ""
            while let character = rest.popFirst(), character != "\"" {
                text.append(character == "\\" ? rest.popFirst() ?? "\\" : character)
            }
            return text
        }

        private mutating func skip(_ condition: (Character) -> Bool) {
            rest = rest.drop(while: condition)
        }

        private mutating func take(while condition: (Character) -> Bool) -> String {
            let token = rest.prefix(while: condition)
            rest = rest.dropFirst(token.count)
            return String(token)
        }

        private static func isTokenCharacter(_ character: Character) -> Bool {
            !(character == "," || character == "=" || character == "\"" || character == " " || character == "\t")
        }
    }
}
