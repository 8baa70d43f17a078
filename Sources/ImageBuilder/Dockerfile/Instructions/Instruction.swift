// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// One instruction of a stage with its meaning.
///
/// Variables are not yet expanded: their values depend on the instructions before and on the base image.
///
/// Source: the Dockerfile reference.
public struct Instruction: Sendable {
    /// What the instruction says.
    public enum Kind: Sendable, Equatable {
        /// `ADD`
        case add(Add)
        /// `ARG`
        case arg(Arg)
        /// `CMD`
        case cmd(Command)
        /// `COPY`
        case copy(Copy)
        /// `ENTRYPOINT`
        case entrypoint(Command)
        /// `ENV`
        case env([Pair])
        /// `EXPOSE`: ports and port ranges, sorted
        case expose([String])
        /// `HEALTHCHECK`
        case healthcheck(Healthcheck)
        /// `LABEL`
        case label([Pair])
        /// `MAINTAINER`: the author
        case maintainer(String)
        /// `ONBUILD`: the text of an instruction for images built on this one
        case onbuild(String)
        /// `RUN`
        case run(Run)
        /// `SHELL`: the program and arguments before a command in shell form
        case shell([String])
        /// `STOPSIGNAL`: a signal's name or number
        case stopsignal(String)
        /// `USER`: a user, and a group after `:`
        case user(String)
        /// `VOLUME`: paths
        case volume([String])
        /// `WORKDIR`: a path
        case workdir(String)
    }

    /// What the instruction says.
    public var kind: Kind
    /// The keyword as it is written.
    public let keyword: String
    /// The instruction's text, continuation lines joined.
    public let text: String
    /// Where it stands.
    public let location: SourceLocation
    /// The comments right before it, without `#`.
    public let comments: [String]
    /// Whether a base image left it for this stage: `ONBUILD`.
    public let isTrigger: Bool

    /// Where messages point: for a trigger, the stage that it runs in.
    package let line: LogicalLine
}
