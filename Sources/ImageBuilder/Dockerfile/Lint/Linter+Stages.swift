// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Linter {
    /// Checks what can be seen in the stages' names and the keywords alone.
    mutating func checkStages(of dockerfile: Dockerfile) {
        checkNames(dockerfile.stages)
        checkKeywordCasing(dockerfile.stages)
    }

    private mutating func checkNames(_ stages: [Stage]) {
        var seen: Set<String> = []
        for stage in stages {
            guard let name = stage.name else { continue }
            if name == "scratch" || name == "context" {
                warn(
                    .reservedStageName,
                    "Stage name should not use the same name as reserved stage \(name.quoted)",
                    at: stage.location
                )
            }
            if !seen.insert(name).inserted {
                warn(
                    .duplicateStageName,
                    "Duplicate stage name \(name.quoted), stage names should be unique",
                    at: stage.location
                )
            }
        }
    }

    /// The case that most keywords have is the one that all should have; capitals, where there are as many of both.
    private mutating func checkKeywordCasing(_ stages: [Stage]) {
        let keywords = stages.flatMap { stage in
            [(stage.keyword, stage.location)] + stage.instructions.map { ($0.keyword, $0.location) }
        }
        let lower = keywords.count { $0.0 == $0.0.lowercased() }
        let upper = keywords.count { $0.0 == $0.0.uppercased() && $0.0 != $0.0.lowercased() }
        let (wanted, convert): (String, (String) -> String) =
            lower > upper ? ("lowercase", { $0.lowercased() }) : ("uppercase", { $0.uppercased() })
        for (keyword, location) in keywords where keyword != convert(keyword) {
            warn(
                .consistentInstructionCasing,
                "Command '\(keyword)' should match the case of the command majority (\(wanted))",
                at: location
            )
        }
    }

    /// Checks a platform that `FROM` asks for.
    mutating func checkPlatform(
        of stage: Stage,
        expansion: VariableExpander.Expansion,
        platform: BuildPlatform,
        global: Environment,
        at place: SourceLocation
    ) {
        if expansion.found == ["TARGETPLATFORM"], expansion.missing.isEmpty,
            expansion.text == global["TARGETPLATFORM"]
        {
            warn(
                .redundantTargetPlatform,
                "Setting platform to predefined \(stage.platform ?? "") in FROM is redundant as this is the default"
                    + " behavior",
                at: place,
                comments: stage.comments
            )
        }
        // A stage whose name says the platform means to be of that platform alone.
        let name = stage.name ?? ""
        guard expansion.found.isEmpty, expansion.missing.isEmpty,
            !name.utf8.contains(platform.os.utf8), !name.utf8.contains(platform.architecture.utf8)
        else { return }
        warn(
            .fromPlatformFlagConstDisallowed,
            "FROM --platform flag should not use constant value \(expansion.text.quoted)",
            at: place,
            comments: stage.comments
        )
    }

    /// Checks that a stage's base image is for the platform that the stage is built for.
    mutating func checkBasePlatform(of node: StageGraph.Node, _ options: DockerfileCheck.Options) {
        guard case .image(let name) = node.base else { return }
        let expected = node.platform ?? options.arguments.targetPlatform.description
        guard let found = options.otherPlatform(name, expected) else { return }
        warn(
            .invalidBaseImagePlatform,
            "Base image \(name) is for platform \(found.quoted), expected \(expected.quoted) for this build",
            at: node.stage.location,
            comments: node.stage.comments
        )
    }

    /// Checks that the base images have valid names when the build gives no argument.
    mutating func checkDefaultBases(
        of dockerfile: Dockerfile,
        arguments: BuildArguments,
        isImageName: (String) -> Bool
    ) {
        var defaults = arguments
        // Only those that override the predefined ones stay: they count as what the builder predefines.
        let predefined = arguments.predefined(lastStage: nil).names
        defaults.values = arguments.values.filter { predefined.contains($0.key) }
        guard let global = try? defaults.global(of: dockerfile) else { return }
        let expander = VariableExpander(escape: dockerfile.escape)
        for stage in dockerfile.stages {
            guard let base = try? expander.expand(stage.base, in: global).text else { return }
            if isImageName(base) { continue }
            warn(
                .invalidDefaultArgInFrom,
                "Default value for ARG \(stage.base) results in empty or invalid base image name",
                at: stage.line.location(ofText: stage.base)
            )
        }
    }
}
