// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Reads a file line by line: directives, comments, continuation lines, here-documents.
///
/// Source: the Dockerfile reference, "Format", "Parser directives", "Here-documents".
struct SyntaxParser {
    /// The longest line that BuildKit reads, its ending included, in bytes.
    static let maxLineLength = 65_536

    private let file: SourceFile
    private var directives = ParserDirectiveReader()
    private var comments: [String] = []
    /// How many lines have been read; the number of the line read last.
    private var line = 0

    private(set) var escape: Unicode.Scalar = "\\"
    private(set) var instructions: [InstructionLine] = []
    private(set) var emptyContinuations: [SyntaxTree.EmptyContinuation] = []

    init(_ file: SourceFile) {
        self.file = file
    }

    mutating func parse() throws(ImageBuilderError) {
        while let text = try nextLine() {
            try parseInstruction(startingWith: text)
        }
        if instructions.isEmpty {
            throw ImageBuilderError(.syntax, "the file has no instructions", at: file.location(line: max(1, line)))
        }
    }

    private mutating func nextLine() throws(ImageBuilderError) -> ScalarText? {
        guard line < file.lines.count else { return nil }
        let text = file.lines[line]
        line += 1
        if text.count >= Self.maxLineLength / 4 { try checkLength(of: text) }
        return text
    }

    private func checkLength(of text: ScalarText) throws(ImageBuilderError) {
        let length = text.reduce(text.last == "\n" ? 0 : 1) { $0 + UTF8.width($1) }
        guard length > Self.maxLineLength else { return }
        throw ImageBuilderError(
            .syntax,
            "the line is longer than \(Self.maxLineLength - 1) bytes",
            at: file.location(line: line, column: 0)
        )
    }

    private mutating func parseInstruction(startingWith first: ScalarText) throws(ImageBuilderError) {
        var text = first
        if line == 1, text.first == "\u{FEFF}" { text.removeFirst() }
        if text.isComment { remember(comment: text) }
        text = try strip(text.withoutLineEnding.trimmedStart())

        var logical = LogicalLine(file: file, startingAt: line)
        var (part, continues) = splitContinuation(text)
        if !continues, part.isEmpty { return }
        logical.append(part, line: line)

        var hasEmptyLine = false
        while continues, let raw = try nextLine() {
            text = try strip(raw.withoutLineEnding)
            if raw.isComment { continue }
            if text.allSatisfy(\.isSpace) {
                hasEmptyLine = true
                continue
            }
            (part, continues) = splitContinuation(text)
            logical.append(part, line: line)
        }
        logical.lines = logical.lines.lowerBound...line
        if hasEmptyLine { emptyContinuations.append(.init(text: String(logical.scalars), line: line)) }

        var instruction = try InstructionLine(logical, escape: escape, comments: comments)
        try readHeredocs(of: &instruction)
        instructions.append(instruction)
        comments = []
    }

    private mutating func remember(comment text: ScalarText) {
        // Only the first scalar is taken off, so an indented comment keeps its `#`, as in BuildKit.
        let comment = String(text.dropFirst().trimmed())
        if comment.isEmpty {
            comments = []
        } else {
            comments.append(comment)
        }
    }

    /// The line as it counts for an instruction: nothing, if it is a comment.
    ///
    /// Directives take effect here.
    private mutating func strip(_ text: ScalarText) throws(ImageBuilderError) -> ScalarText {
        let directive: ParserDirective?
        do throws(ParserDirectiveReader.Duplicate) {
            directive = try directives.read(text)
        } catch {
            throw ImageBuilderError(
                .syntax,
                "the parser directive \(error.name.rawValue) stands twice",
                at: file.location(line: line)
            )
        }
        if let directive {
            if !comments.isEmpty { comments.removeLast() }
            if directive.name == .escape { try setEscape(directive.value) }
        }
        return text.isComment ? text[text.endIndex...] : text
    }

    private mutating func setEscape(_ value: String) throws(ImageBuilderError) {
        switch value {
        case "\\": escape = "\\"
        case "`": escape = "`"
        default:
            throw ImageBuilderError(
                .syntax,
                "the escape character must be \\ or `, not \(value.inQuotes)",
                at: file.location(line: line)
            )
        }
    }

    /// Whether the line goes on: its last scalar is the escape, and not an escaped one; blanks after it don't count.
    private func splitContinuation(_ text: ScalarText) -> (part: ScalarText, continues: Bool) {
        var end = text.endIndex
        while end > text.startIndex, text[end - 1] == " " || text[end - 1] == "\t" { end -= 1 }
        guard end > text.startIndex, text[end - 1] == escape else { return (text, false) }
        if end - 1 > text.startIndex, text[end - 2] == escape { return (text, false) }
        return (text[..<(end - 1)], true)
    }

    private mutating func readHeredocs(of instruction: inout InstructionLine) throws(ImageBuilderError) {
        guard instruction.takesHeredocs, instruction.original.utf8.contains("<<".utf8) else { return }
        let announced: [Heredoc]
        do throws(ExpansionFailure) {
            announced = try Heredoc.announced(in: instruction.original)
        } catch {
            throw ImageBuilderError(.syntax, error.message, at: instruction.line.location(ofText: "<<"))
        }
        for var document in announced {
            var content = String.UnicodeScalarView()
            while true {
                guard let text = try nextLine() else {
                    throw ImageBuilderError(
                        .syntax,
                        "the here-document is not ended by a line \(document.name.inQuotes)",
                        at: instruction.line.location(ofText: document.name)
                    )
                }
                if document.isTerminated(by: text) { break }
                content.append(contentsOf: text)
            }
            document.content = String(content)
            instruction.heredocs.append(document)
        }
        instruction.line.lines = instruction.line.lines.lowerBound...line
    }
}

extension ScalarText {
    fileprivate var isComment: Bool {
        first { !$0.isSpace } == "#"
    }

    fileprivate var withoutLineEnding: Self {
        var text = self
        while let last = text.last, last == "\n" || last == "\r" { text.removeLast() }
        return text
    }
}
