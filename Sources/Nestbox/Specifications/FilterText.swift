// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A condition of a filter, as a person writes it: `NAME=VALUE`.
struct FilterText {
    let name: String
    let value: String
    private let text: String

    init(_ text: String) throws(NestboxError) {
        self.text = text
        guard let equals = text.firstIndex(of: "="), text.index(after: equals) < text.endIndex else {
            throw Self.refuse(text, "it has the form NAME=VALUE")
        }
        name = String(text[..<equals])
        value = String(text[text.index(after: equals)...])
    }

    /// The value, if it is one of these.
    func word(of words: [String]) throws(NestboxError) -> String {
        guard words.contains(value) else { throw refused("'\(value)' is none of \(words.joined(separator: ", "))") }
        return value
    }

    func refused(_ why: String) -> NestboxError { Self.refuse(text, why) }

    private static func refuse(_ text: String, _ why: String) -> NestboxError {
        NestboxError(.invalidSpecification, "the filter '\(text)' can't be used: \(why)")
    }
}
