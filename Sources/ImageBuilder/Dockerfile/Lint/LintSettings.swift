// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Which rules apply, as `# check=…` says at the head of a file or right before an instruction.
///
/// Source: the Dockerfile reference, "check".
public struct LintSettings: Sendable, Equatable {
    /// Some of the rules.
    public enum Selection: Sendable, Equatable {
        /// Those with these names.
        case names(Set<String>)
        /// All of them.
        case all

        func contains(_ rule: LintRule) -> Bool {
            switch self {
            case .all: true
            case .names(let names): names.contains(rule.description)
            }
        }

        fileprivate init(_ list: String) {
            self = list == "all" ? .all : .names(Set(list.split(separator: ",").map { String($0).trimmed() }))
        }

        fileprivate func union(_ other: Selection) -> Selection {
            guard case .names(let mine) = self, case .names(let others) = other else { return .all }
            return .names(mine.union(others))
        }
    }

    /// The rules that don't apply.
    ///
    /// It says nothing of the experimental ones.
    public var skipped: Selection
    /// The experimental rules that apply.
    public var experimental: Selection
    /// Whether a warning makes the build fail.
    public var treatsWarningsAsErrors: Bool

    /// Settings; by default all rules but the experimental ones apply.
    public init(
        skipped: Selection = .names([]),
        experimental: Selection = .names([]),
        treatsWarningsAsErrors: Bool = false
    ) {
        self.skipped = skipped
        self.experimental = experimental
        self.treatsWarningsAsErrors = treatsWarningsAsErrors
    }

    /// Reads the value of a `check` directive: `skip=…`, `experimental=…` and `error=…`, with `;` between them.
    ///
    /// - Throws: ``ImageBuilderError`` with the code `syntax` for any other option.
    public init(directive: String) throws(ImageBuilderError) {
        self.init()
        guard !directive.trimmed().isEmpty else { return }
        for option in directive.split(separator: ";", maxSplits: 2, omittingEmptySubsequences: false) {
            guard let (key, value) = String(option).cut(at: "=") else { throw Self.invalid(String(option)) }
            switch key.trimmed() {
            case "skip": skipped = Selection(value.trimmed())
            case "experimental": experimental = Selection(value.trimmed())
            case "error":
                guard let bool = Bool(literal: value.trimmed()) else { throw Self.invalid(String(option)) }
                treatsWarningsAsErrors = bool
            default: throw Self.invalid(String(option))
            }
        }
    }

    private static func invalid(_ option: String) -> ImageBuilderError {
        ImageBuilderError(.syntax, "invalid check option \(option.inQuotes): it must be skip=, experimental= or error=")
    }

    func applies(_ rule: LintRule) -> Bool {
        rule.isExperimental ? experimental.contains(rule) : !skipped.contains(rule)
    }

    /// These settings with what a comment right before an instruction adds.
    package func merging(comments: [String]) -> LintSettings {
        for comment in comments {
            var reader = ParserDirectiveReader(comment: "")
            guard let directive = try? reader.read(ScalarText(text: comment)), directive.name == .check else {
                continue
            }
            guard let added = try? LintSettings(directive: directive.firstWord) else { return self }
            var merged = self
            merged.skipped = skipped.union(added.skipped)
            merged.experimental = experimental.union(added.experimental)
            return merged
        }
        return self
    }
}
