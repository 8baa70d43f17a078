// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A Dockerfile cut into instructions, before any of them has a meaning.
package struct SyntaxTree: Sendable {
    package let file: SourceFile
    /// The escape and continuation scalar: `\`, or a backtick where the file says so.
    package let escape: Unicode.Scalar
    /// The instructions, in their order: at least one.
    package let instructions: [InstructionLine]
    /// The instructions that have an empty line among their continuation lines; the line each ends on.
    package let emptyContinuations: [EmptyContinuation]

    /// An instruction that goes on after an empty line.
    package struct EmptyContinuation: Sendable, Equatable {
        /// The instruction, its lines joined.
        package let text: String
        /// Its last line, from 1.
        package let line: Int
    }

    package init(_ file: SourceFile) throws(ImageBuilderError) {
        var parser = SyntaxParser(file)
        try parser.parse()
        self.file = file
        escape = parser.escape
        instructions = parser.instructions
        emptyContinuations = parser.emptyContinuations
    }
}
