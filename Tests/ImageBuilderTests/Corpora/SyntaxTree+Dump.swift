// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageBuilder

extension SyntaxTree {
    /// One parenthesised line for each instruction, arguments quoted.
    var dump: String {
        instructions.map { "(\($0.dump))" }.joined(separator: "\n")
    }
}

extension InstructionLine {
    fileprivate var dump: String {
        var parts = [keyword.text.lowercased()]
        if !flags.isEmpty { parts.append("[\(flags.map(\.text.quoted).joined(separator: " "))]") }
        parts += triggers.map { "(\($0.dump))" }
        parts += arguments.map(\.text.quoted)
        return parts.joined(separator: " ").trimmed()
    }
}
