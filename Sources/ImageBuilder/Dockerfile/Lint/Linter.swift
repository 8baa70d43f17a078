// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Collects the warnings of one file.
package struct Linter: Sendable {
    package let settings: LintSettings
    private let isSilent: Bool
    /// What was found, in the order of the work.
    package private(set) var warnings: [LintWarning] = []

    /// A linter without findings; one that is silent collects none.
    package init(settings: LintSettings, isSilent: Bool = false) {
        self.settings = settings
        self.isSilent = isSilent
    }

    /// Notes a warning, if its rule applies there: `comments`, those before the instruction, may switch it off.
    package mutating func warn(
        _ rule: LintRule,
        _ message: @autoclosure () -> String,
        at location: @autoclosure () -> SourceLocation,
        comments: [String] = []
    ) {
        guard !isSilent, settings.merging(comments: comments).applies(rule) else { return }
        warnings.append(LintWarning(rule: rule, message: message(), location: location()))
    }

    /// The error that the warnings are, where the settings make them one.
    package func violation() -> ImageBuilderError? {
        guard settings.treatsWarningsAsErrors, let first = warnings.first else { return nil }
        let names = Set(warnings.map(\.rule.description)).sorted()
        return ImageBuilderError(
            .lintViolation,
            "the file breaks rules that must be kept: \(names.joined(separator: ", "))",
            at: first.location
        )
    }
}
