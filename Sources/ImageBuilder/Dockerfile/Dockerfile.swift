// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A Dockerfile, read: its stages with their instructions.
///
/// ```swift
/// let dockerfile = try Dockerfile(parsing: text)
/// for stage in dockerfile.stages { print(stage.base, stage.instructions.count) }
/// ```
///
/// Source: the Dockerfile reference, and BuildKit's frontend where the reference is silent.
public struct Dockerfile: Sendable {
    /// The file's name in messages.
    public let file: String
    /// The escape and continuation character: `\`, or a backtick where the file says so.
    public let escape: Unicode.Scalar
    /// The frontend image that the file asks for.
    ///
    /// It is not used: the parser here reads the whole current syntax.
    public let syntax: String?
    /// The `ARG` instructions before the first stage.
    public let globalArguments: [Instruction]
    /// The stages, in their order.
    ///
    /// A file may be read that has none; it can't be built.
    public let stages: [Stage]

    /// Reads a Dockerfile.
    ///
    /// - Parameters:
    ///   - text: The file's content.
    ///   - file: The file's name in messages.
    /// - Throws: ``ImageBuilderError`` at the first mistake, with its place.
    public init(parsing text: String, file: String = "Dockerfile") throws(ImageBuilderError) {
        var linter = Linter(settings: .init(), isSilent: true)
        try self.init(SyntaxTree(SourceFile(name: file, text: text)), linter: &linter)
    }

    /// Gives the instructions of `tree` their meaning.
    ///
    /// `linter` keeps what it found, also when an error ends the work.
    package init(_ tree: SyntaxTree, linter: inout Linter) throws(ImageBuilderError) {
        var globalArguments: [Instruction] = []
        var stages: [Stage] = []
        for line in tree.instructions {
            linter.check(line)
            if line.kind == .from {
                stages.append(try Stage(line))
                continue
            }
            let instruction = try Instruction(line)
            if !stages.isEmpty {
                stages[stages.count - 1].instructions.append(instruction)
            } else if case .arg = instruction.kind {
                globalArguments.append(instruction)
            } else {
                throw line.error(.invalidStage, "only ARG may stand before the first FROM", at: line.keyword)
            }
        }
        file = tree.file.name
        escape = tree.escape
        syntax = SyntaxDirective.value(in: tree.file)
        self.globalArguments = globalArguments
        self.stages = stages
    }
}
