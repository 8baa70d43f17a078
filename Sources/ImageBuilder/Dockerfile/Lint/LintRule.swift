// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A rule of style or safety for Dockerfiles.
///
/// Rules may be added in minor releases.
///
/// Source: BuildKit's build checks, whose names they have, so that `# check=skip=…` means the same.
public struct LintRule: Sendable, Hashable, CustomStringConvertible {
    /// The rule's name.
    public let description: String
    /// What the rule asks for.
    public let summary: String
    /// Whether the rule applies only where it is asked for.
    public let isExperimental: Bool

    private init(_ name: String, _ summary: String, isExperimental: Bool = false) {
        description = name
        self.summary = summary
        self.isExperimental = isExperimental
    }

    /// Stage names are in small letters.
    public static let stageNameCasing = LintRule("StageNameCasing", "Stage names should be lowercase")
    /// `AS` has the case of `FROM`.
    public static let fromAsCasing = LintRule(
        "FromAsCasing",
        "The 'as' keyword should match the case of the 'from' keyword"
    )
    /// No empty line stands among continuation lines.
    public static let noEmptyContinuation = LintRule(
        "NoEmptyContinuation",
        "Empty continuation lines will become errors in a future release"
    )
    /// All keywords are in the same case.
    public static let consistentInstructionCasing = LintRule(
        "ConsistentInstructionCasing",
        "All commands within the Dockerfile should use the same casing (either upper or lower)"
    )
    /// No two stages have the same name.
    public static let duplicateStageName = LintRule("DuplicateStageName", "Stage names should be unique")
    /// No stage is called `scratch` or `context`.
    public static let reservedStageName = LintRule(
        "ReservedStageName",
        "Reserved words should not be used as stage names"
    )
    /// `CMD` and `ENTRYPOINT` are JSON arrays, so that the program gets the signals and not a shell.
    public static let jsonArgsRecommended = LintRule(
        "JSONArgsRecommended",
        "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals"
    )
    /// `MAINTAINER` is not used.
    public static let maintainerDeprecated = LintRule(
        "MaintainerDeprecated",
        "The MAINTAINER instruction is deprecated, use a label instead to define an image author"
    )
    /// `FROM` uses no variable that no `ARG` before it declares.
    public static let undefinedArgInFrom = LintRule("UndefinedArgInFrom", "FROM command must use declared ARGs")
    /// The first `WORKDIR` of a stage is an absolute path.
    public static let workdirRelativePath = LintRule(
        "WorkdirRelativePath",
        "Relative workdir without an absolute workdir declared within the build can have unexpected results if the base"
            + " image changes"
    )
    /// No variable is used that is not set.
    public static let undefinedVar = LintRule("UndefinedVar", "Variables should be defined before their use")
    /// `CMD`, `ENTRYPOINT` and `HEALTHCHECK` stand once in a stage: only the last counts.
    public static let multipleInstructionsDisallowed = LintRule(
        "MultipleInstructionsDisallowed",
        "Multiple instructions of the same type should not be used in the same stage"
    )
    /// `ENV` and `LABEL` are written with `=`.
    public static let legacyKeyValueFormat = LintRule(
        "LegacyKeyValueFormat",
        "Legacy key/value format with whitespace separator should not be used"
    )
    /// The base image is of the platform that the build is for.
    public static let invalidBaseImagePlatform = LintRule(
        "InvalidBaseImagePlatform",
        "Base image platform does not match expected target platform"
    )
    /// `FROM` does not ask for the platform that it gets anyway.
    public static let redundantTargetPlatform = LintRule(
        "RedundantTargetPlatform",
        "Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior"
    )
    /// No secret goes into `ARG` or `ENV`, where everyone who has the image can read it.
    public static let secretsUsedInArgOrEnv = LintRule(
        "SecretsUsedInArgOrEnv",
        "Sensitive data should not be used in the ARG or ENV commands"
    )
    /// The defaults of the global `ARG` make valid image names.
    public static let invalidDefaultArgInFrom = LintRule(
        "InvalidDefaultArgInFrom",
        "Default value for global ARG results in an empty or invalid base image name"
    )
    /// The platform of `FROM` is not fixed.
    public static let fromPlatformFlagConstDisallowed = LintRule(
        "FromPlatformFlagConstDisallowed",
        "FROM --platform flag should not use a constant value"
    )
    /// Nothing is copied that the ignore file leaves out.
    public static let copyIgnoredFile = LintRule(
        "CopyIgnoredFile",
        "Attempting to Copy file that is excluded by .dockerignore"
    )
    /// A comment right before `ARG` or `FROM` describes it.
    public static let invalidDefinitionDescription = LintRule(
        "InvalidDefinitionDescription",
        "Comment for build stage or argument should follow the format: `# <arg/stage name> <description>`. If this is"
            + " not intended to be a description comment, add an empty line or comment between the instruction and the"
            + " comment.",
        isExperimental: true
    )
    /// Protocols of `EXPOSE` are in small letters.
    public static let exposeProtoCasing = LintRule(
        "ExposeProtoCasing",
        "Protocol in EXPOSE instruction should be lowercase"
    )
    /// `EXPOSE` names no address and no port of the host.
    public static let exposeInvalidFormat = LintRule(
        "ExposeInvalidFormat",
        "IP address and host-port mapping should not be used in EXPOSE instruction. This will become an error in a"
            + " future release"
    )
}
