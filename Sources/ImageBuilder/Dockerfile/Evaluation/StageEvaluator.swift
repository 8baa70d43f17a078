// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Gives the instructions of a stage their values, one after the other: expands variables, follows `ENV`, `ARG`,
/// `WORKDIR` and `SHELL`, and checks what only the values show.
package struct StageEvaluator: Sendable {
    let expander: VariableExpander
    let global: Environment
    let arguments: BuildArguments
    let ignoreFile: IgnoreFile?

    /// What has been set so far.
    package internal(set) var scope: StageScope
    package internal(set) var linter: Linter
    /// Where `CMD`, `ENTRYPOINT` and `HEALTHCHECK` stood last in this stage.
    var lastOfKind: [Keyword: Instruction] = [:]

    /// An evaluator at the start of a stage.
    ///
    /// - Parameters:
    ///   - escape: The Dockerfile's escape.
    ///   - scope: What the base image, or the base stage at its end, has set.
    ///   - global: The arguments that stand before the first stage.
    ///   - arguments: The build's arguments.
    ///   - ignoreFile: What the build context leaves out.
    ///   - linter: Takes the warnings.
    package init(
        escape: Unicode.Scalar,
        scope: StageScope,
        global: Environment,
        arguments: BuildArguments,
        ignoreFile: IgnoreFile? = nil,
        linter: Linter = Linter(settings: .init(), isSilent: true)
    ) {
        expander = VariableExpander(escape: escape)
        self.scope = scope
        self.global = global
        self.arguments = arguments
        self.ignoreFile = ignoreFile
        self.linter = linter
    }

    /// The instruction with its variables expanded; the scope afterwards is that after the instruction.
    package mutating func evaluate(_ instruction: Instruction) throws(ImageBuilderError) -> Instruction {
        var result = instruction
        switch instruction.kind {
        case .add(var add):
            add.chown = try expand(option: add.chown, in: instruction)
            add.chmod = try expand(option: add.chmod, in: instruction)
            add.checksum = try expand(option: add.checksum, in: instruction)
            add.sources = try expand(add.sources, in: instruction)
            checkIgnored(add.sources.paths, verb: "Add", instruction)
            result.kind = .add(add)
        case .copy(var copy):
            copy.chown = try expand(option: copy.chown, in: instruction)
            copy.chmod = try expand(option: copy.chmod, in: instruction)
            copy.sources = try expand(copy.sources, in: instruction)
            if copy.from == nil { checkIgnored(copy.sources.paths, verb: "Copy", instruction) }
            result.kind = .copy(copy)
        case .arg(let arg): result.kind = .arg(try evaluate(arg, instruction))
        case .env(let pairs): result.kind = .env(try evaluateEnvironment(pairs, instruction))
        case .label(let pairs):
            result.kind = .label(try expand(pairs, in: instruction))
            checkLegacyFormat(pairs, instruction)
        case .expose(let ports): result.kind = .expose(try expandPorts(ports, instruction))
        case .run(let run): result.kind = .run(try evaluate(run, instruction))
        case .cmd(let command): checkCommand(command, .cmd, instruction)
        case .entrypoint(let command): checkCommand(command, .entrypoint, instruction)
        case .healthcheck: checkOnce(.healthcheck, instruction)
        case .shell(let shell): scope.shell = shell
        case .stopsignal(let signal): result.kind = .stopsignal(try expand(signal, in: instruction))
        case .user(let user): result.kind = .user(try expand(user, in: instruction))
        case .volume(let paths): result.kind = .volume(try expand(volumes: paths, in: instruction))
        case .workdir(let path): result.kind = .workdir(try evaluateWorkingDirectory(path, instruction))
        case .maintainer, .onbuild: break
        }
        return result
    }
}
