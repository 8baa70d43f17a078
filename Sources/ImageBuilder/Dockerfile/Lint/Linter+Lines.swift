// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Linter {
    /// Checks what can be seen in one line alone.
    mutating func check(_ line: InstructionLine) {
        switch line.kind {
        case .maintainer:
            warn(
                .maintainerDeprecated,
                "Maintainer instruction is deprecated in favor of using label",
                at: line.location(of: line.keyword),
                comments: line.comments
            )
        case .from:
            checkStageNameCasing(line)
            checkFromAsCasing(line)
            if line.arguments.count == 3 { checkDescription(line, names: [line.arguments[2].text.lowercased()]) }
        case .arg:
            checkDescription(line, names: line.arguments.map { $0.text.cut(at: "=")?.before ?? $0.text })
        default: break
        }
    }

    private mutating func checkStageNameCasing(_ line: InstructionLine) {
        guard line.arguments.count == 3 else { return }
        let name = line.arguments[2]
        guard name.text != name.text.lowercased() else { return }
        warn(
            .stageNameCasing,
            "Stage name '\(name.text)' should be lowercase",
            at: line.location(of: name),
            comments: line.comments
        )
    }

    private mutating func checkFromAsCasing(_ line: InstructionLine) {
        guard line.arguments.count >= 3 else { return }
        let (from, keyword) = (line.keyword.text, line.arguments[1])
        let matches =
            if from == from.lowercased() {
                keyword.text == keyword.text.lowercased()
            } else if from == from.uppercased() {
                keyword.text == keyword.text.uppercased()
            } else {
                // The rule on keywords speaks of this one.
                true
            }
        guard !matches else { return }
        warn(
            .fromAsCasing,
            "'\(keyword.text)' and '\(from)' keywords' casing do not match",
            at: line.location(of: keyword),
            comments: line.comments
        )
    }

    private mutating func checkDescription(_ line: InstructionLine, names: [String]) {
        guard let comment = line.comments.last, let first = names.first else { return }
        let described = comment.cut(at: " ")?.before ?? comment
        guard !names.contains(described) else { return }
        let example = names.count > 1 ? "<arg_key>" : first
        warn(
            .invalidDefinitionDescription,
            "Comment for \(line.name) should follow the format: `# \(example) <description>`",
            at: line.line.location,
            comments: line.comments
        )
    }
}
