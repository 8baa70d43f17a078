// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// One instruction cut into its parts, before any of them has a meaning.
package struct InstructionLine: Sendable {
    /// The first word, as it is written.
    package let keyword: Token
    package let flags: [Token]
    /// The arguments.
    ///
    /// `ENV` and `LABEL` have three for each pair: name, value, and `=` or nothing.
    package let arguments: [Token]
    /// Whether the arguments were a JSON array.
    package let isJSON: Bool
    /// The instruction that `ONBUILD` holds: one or none.
    package let triggers: [InstructionLine]
    /// The whole text, continuation lines joined.
    package let original: String
    /// The comments before it, without `#`, since the last empty one.
    package let comments: [String]
    package var heredocs: [Heredoc] = []
    package var line: LogicalLine

    package var kind: Keyword? { Keyword(keyword.text) }

    package func location(of token: Token) -> SourceLocation {
        line.location(of: token.range)
    }

    /// Whether here-documents may follow.
    var takesHeredocs: Bool {
        if kind == .onbuild, let trigger = triggers.first { return trigger.takesHeredocsItself }
        return takesHeredocsItself
    }

    private var takesHeredocsItself: Bool {
        kind?.takesHeredocs == true && !isJSON
    }
}
