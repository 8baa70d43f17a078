// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// A line of a scenario: `key: word word setting=value …`.
struct ScenarioLine {
    let number: Int
    let key: String
    /// All behind the colon.
    let text: String
    private(set) var words: [String] = []
    /// Settings in their order.
    private(set) var settings: [(name: String, value: String)] = []
    private var known: [String] = []

    /// Splits a line; nil if nothing stands there.
    init?(_ line: String, number: Int) throws(BalancerError) {
        let content = line.prefix { $0 != "#" }
        guard content.contains(where: { !$0.isWhitespace }) else { return nil }
        self.number = number
        guard let colon = content.firstIndex(of: ":") else {
            throw Self.error(number, "'\(Self.trimmed(content))' has no colon: a line is a name, a colon and its value")
        }
        key = Self.trimmed(content[..<colon])
        text = Self.trimmed(content[content.index(after: colon)...])
        guard !text.isEmpty else { throw Self.error(number, "\(key): the value is missing") }
        for word in text.split(whereSeparator: \.isWhitespace) {
            guard let equals = word.firstIndex(of: "=") else {
                words.append(String(word))
                continue
            }
            let name = String(word[..<equals])
            if settings.contains(where: { $0.name == name }) { throw fail("\(name) is given twice") }
            settings.append((name, String(word[word.index(after: equals)...])))
        }
    }

    /// An error that names the line and its key.
    func fail(_ message: String) -> BalancerError { Self.error(number, "\(key): \(message)") }

    /// An error about a value.
    func fail(_ name: String, _ value: String, _ reason: String) -> BalancerError {
        fail(name.isEmpty ? "'\(value)' \(reason)" : "\(name) is '\(value)': it \(reason)")
    }

    /// Does something whose errors should name the line and its key.
    func naming<Value>(_ body: () throws(BalancerError) -> Value) throws(BalancerError) -> Value {
        do { return try body() } catch { throw fail(error.message) }
    }

    /// The only word of a line that has nothing else.
    func single() throws(BalancerError) -> String {
        guard words.count == 1, settings.isEmpty, let word = words.first else {
            throw fail("'\(text)' should be a single value")
        }
        return word
    }

    /// The first word, which says what kind the line is of.
    func kind(_ kinds: [String]) throws(BalancerError) -> String {
        guard words.count == 1, let word = words.first, kinds.contains(word) else {
            let given = words.joined(separator: " ")
            throw fail("'\(given)' should be one of \(kinds.joined(separator: ", "))")
        }
        return word
    }

    /// A setting's value as it stands; nil if it is not given.
    mutating func value(_ name: String) -> String? {
        known.append(name)
        return settings.first { $0.name == name }?.value
    }

    /// A setting's value, which must be given.
    mutating func required(_ name: String) throws(BalancerError) -> String {
        guard let value = value(name) else { throw fail("\(name)=… is missing") }
        return value
    }

    /// Refuses settings that nobody asked for.
    func finish() throws(BalancerError) {
        guard let unknown = settings.first(where: { !known.contains($0.name) }) else { return }
        let names = known.isEmpty ? "there are none here" : "there are \(known.joined(separator: ", "))"
        throw fail("there is no setting '\(unknown.name)'; \(names)")
    }

    private static func error(_ number: Int, _ message: String) -> BalancerError {
        BalancerError(code: .invalidConfiguration, message: "line \(number): \(message)")
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
