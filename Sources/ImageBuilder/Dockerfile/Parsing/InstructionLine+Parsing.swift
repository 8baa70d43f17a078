// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension InstructionLine {
    /// No nesting of `ONBUILD` is allowed in the end, so a few levels are enough to say so.
    private static let maxDepth = 16

    /// Cuts the whole of `line`.
    init(
        _ line: LogicalLine,
        escape: Unicode.Scalar,
        comments: [String]
    ) throws(ImageBuilderError) {
        try self.init(line.scalars[...], of: line, escape: escape, comments: comments, depth: 0)
    }

    private init(
        _ text: ScalarText,
        of line: LogicalLine,
        escape: Unicode.Scalar,
        comments: [String],
        depth: Int
    ) throws(ImageBuilderError) {
        let parts = text.trimmed().split(atRunsOf: \.isArgumentSeparator, maxParts: 2)
        keyword = Token(parts[0])
        original = String(text)
        self.line = line
        self.comments = comments

        let end = parts[0][parts[0].endIndex...]
        let (flags, rest) = FlagSplitter.split(parts.count > 1 ? parts[1] : end, escape: escape)
        self.flags = flags
        var reader = ArgumentReader(text: rest.trimmed(), line: line, escape: escape)
        let kind = Keyword(parts[0].isEmpty ? "" : String(parts[0]))

        if kind == .onbuild {
            guard depth < Self.maxDepth else {
                throw ImageBuilderError(.syntax, "ONBUILD is nested too deep", at: line.location)
            }
            triggers =
                reader.text.isEmpty
                ? []
                : [try Self(reader.text, of: line, escape: escape, comments: [], depth: depth + 1)]
        } else {
            triggers = []
            try reader.read(kind)
        }
        arguments = reader.arguments
        isJSON = reader.isJSON
    }
}
