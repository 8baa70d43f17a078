// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The values that a build gives to a Dockerfile's arguments.
package struct BuildArguments: Sendable {
    /// The values given, by name: `--build-arg`.
    package var values: [String: String]
    package var buildPlatform: BuildPlatform
    package var targetPlatform: BuildPlatform
    /// The stage asked for: `--target`.
    package var target: String?

    package init(
        values: [String: String] = [:],
        buildPlatform: BuildPlatform = .current,
        targetPlatform: BuildPlatform = .current,
        target: String? = nil
    ) {
        self.values = values
        self.buildPlatform = buildPlatform
        self.targetPlatform = targetPlatform
        self.target = target
    }

    /// The arguments that every Dockerfile has before its first line.
    ///
    /// Source: the Dockerfile reference, "Automatic platform ARGs in the global scope".
    package func predefined(lastStage: String?) -> Environment {
        let target = [target, lastStage].compactMap(\.self).first { !$0.isEmpty }
        let predefined = [
            ("BUILDPLATFORM", buildPlatform.description),
            ("BUILDOS", buildPlatform.os),
            ("BUILDOSVERSION", buildPlatform.osVersion),
            ("BUILDARCH", buildPlatform.architecture),
            ("BUILDVARIANT", buildPlatform.variant),
            ("TARGETPLATFORM", targetPlatform.description),
            ("TARGETOS", targetPlatform.os),
            ("TARGETOSVERSION", targetPlatform.osVersion),
            ("TARGETARCH", targetPlatform.architecture),
            ("TARGETVARIANT", targetPlatform.variant),
            ("TARGETSTAGE", target ?? "default"),
        ]
        var environment = Environment()
        for (name, value) in predefined { environment[name] = values[name] ?? value }
        return environment
    }

    /// The arguments that `FROM` sees: the predefined ones, and those of `ARG` before the first stage.
    package func global(of dockerfile: Dockerfile) throws(ImageBuilderError) -> Environment {
        var environment = predefined(lastStage: dockerfile.stages.last?.name)
        let expander = VariableExpander(escape: dockerfile.escape)
        for instruction in dockerfile.globalArguments {
            guard case .arg(let arg) = instruction.kind else { continue }
            for variable in arg.variables {
                if let given = values[variable.name] {
                    environment[variable.name] = given
                } else if let value = variable.value {
                    let expanded = try instruction.expand(value, with: expander, in: environment)
                    environment[variable.name] = expanded.text
                }
            }
        }
        return environment
    }
}

extension Instruction {
    /// Expands one word of the instruction; an error names its place.
    func expand(
        _ word: String,
        with expander: VariableExpander,
        in environment: Environment
    ) throws(ImageBuilderError) -> VariableExpander.Expansion {
        do throws(ExpansionFailure) {
            return try expander.expand(word, in: environment)
        } catch {
            throw ImageBuilderError(.expansion, error.message, at: line.location(ofText: word))
        }
    }
}
