// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension ContainerFilter {
    /// Docker's names; nothing here is ever `removing` or `dead`.
    private static let statusWords = ["created", "running", "paused", "restarting", "exited", "removing", "dead"]
    private static let healthWords = ["starting", "healthy", "unhealthy", "none"]

    mutating func take(_ text: String) throws(NestboxError) {
        guard let equals = text.firstIndex(of: "="), text.index(after: equals) < text.endIndex else {
            throw Self.refuse(text, "it has the form NAME=VALUE")
        }
        let value = String(text[text.index(after: equals)...])
        switch text[..<equals] {
        case "name":
            guard (try? Regex(value)) != nil else { throw Self.refuse(text, "'\(value)' is no regular expression") }
            names.append(value)
        case "id": identifiers.append(value)
        case "label":
            let parts = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            labels.append((String(parts[0]), parts.count > 1 ? String(parts[1]) : nil))
        case "status": statuses.insert(try Self.word(value, of: Self.statusWords, text))
        case "exited":
            guard let code = Int(value) else { throw Self.refuse(text, "'\(value)' is no exit code") }
            exitCodes.insert(code)
        case "ancestor": ancestors.append(value)
        case "network": networks.append(value)
        case "volume": volumes.append(value)
        case "health": health.insert(try Self.word(value, of: Self.healthWords, text))
        case let name:
            let known = "name, id, label, status, exited, ancestor, network, volume and health"
            throw Self.refuse(text, "'\(name)' is none of \(known)")
        }
    }

    private static func word(_ value: String, of words: [String], _ text: String) throws(NestboxError) -> String {
        guard words.contains(value) else {
            throw refuse(text, "'\(value)' is none of \(words.joined(separator: ", "))")
        }
        return value
    }

    private static func refuse(_ text: String, _ why: String) -> NestboxError {
        NestboxError(.invalidSpecification, "the filter '\(text)' can't be used: \(why)")
    }
}
