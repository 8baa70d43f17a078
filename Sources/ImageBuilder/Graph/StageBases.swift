// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Finds what each stage begins with: expands the variables of `FROM` and looks for stages of that name before it.
struct StageBases {
    private(set) var origins: [StageGraph.Origin] = []
    private(set) var platforms: [String?] = []

    private let expander: VariableExpander
    private let global: Environment
    /// The names that `FROM` may use: those with a value, and those of global `ARG` without one.
    private let declared: [String]

    init(_ dockerfile: Dockerfile, arguments: BuildArguments, linter: inout Linter) throws(ImageBuilderError) {
        expander = VariableExpander(escape: dockerfile.escape)
        global = try arguments.global(of: dockerfile)
        declared = global.names + dockerfile.globalArguments.flatMap(\.argumentNames)
        var stages: [String: Int] = [:]
        for (index, stage) in dockerfile.stages.enumerated() {
            let base = try base(of: stage, linter: &linter)
            platforms.append(try platform(of: stage, linter: &linter))
            if let earlier = stages[base] {
                origins.append(.stage(earlier))
            } else {
                origins.append(base == "scratch" ? .scratch : .image(base))
            }
            if let name = stage.name { stages[name] = index }
        }
    }

    private func base(of stage: Stage, linter: inout Linter) throws(ImageBuilderError) -> String {
        let base = try expand(stage.base, of: stage)
        reportUndeclared(base.missing, of: stage, linter: &linter)
        guard !base.text.isEmpty else {
            throw ImageBuilderError(
                .invalidArgument,
                "the base image is empty once the variables are expanded",
                at: stage.line.location(ofText: stage.base)
            )
        }
        return base.text
    }

    private func platform(of stage: Stage, linter: inout Linter) throws(ImageBuilderError) -> String? {
        guard let text = stage.platform else { return nil }
        let expansion = try expand(text, of: stage)
        reportUndeclared(expansion.missing, of: stage, linter: &linter)
        let place = stage.line.location(ofText: text)
        let hint = expansion.missing.first.map { Suggestion.hint(for: $0, among: global.names, prefix: "$") } ?? ""
        guard !expansion.text.isEmpty else {
            throw ImageBuilderError(
                .invalidArgument,
                "the platform is empty once the variables are expanded\(hint)",
                at: place
            )
        }
        do throws(ValueError) {
            let platform = try BuildPlatform(expansion.text)
            linter.checkPlatform(of: stage, expansion: expansion, platform: platform, global: global, at: place)
            return platform.description
        } catch {
            throw ImageBuilderError(.invalidArgument, error.message + hint, at: place)
        }
    }

    private func expand(_ text: String, of stage: Stage) throws(ImageBuilderError) -> VariableExpander.Expansion {
        do throws(ExpansionFailure) {
            return try expander.expand(text, in: global)
        } catch {
            throw ImageBuilderError(.expansion, error.message, at: stage.line.location(ofText: text))
        }
    }

    private func reportUndeclared(_ missing: [String], of stage: Stage, linter: inout Linter) {
        for name in missing where !declared.contains(name) {
            linter.warn(
                .undefinedArgInFrom,
                "FROM argument '\(name)' is not declared\(Suggestion.hint(for: name, among: declared))",
                at: stage.line.location(ofText: name),
                comments: stage.comments
            )
        }
    }
}

extension Instruction {
    /// The names that an `ARG` declares.
    var argumentNames: [String] {
        if case .arg(let arg) = kind { arg.variables.map(\.name) } else { [] }
    }
}
