// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A place in a Dockerfile that breaks a rule.
public struct LintWarning: Sendable, Hashable, CustomStringConvertible {
    /// The rule.
    public let rule: LintRule
    /// What is wrong here.
    public let message: String
    /// Where.
    public let location: SourceLocation

    /// The place, the rule, the message, and the line with a caret.
    public var description: String {
        "\(location): warning: \(rule): \(message)\n\(location.snippet)"
    }
}
