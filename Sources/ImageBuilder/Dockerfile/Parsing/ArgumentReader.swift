// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Cuts the text after the keyword and the flags into arguments, in the way of each instruction.
struct ArgumentReader {
    let text: ScalarText
    let line: LogicalLine
    let escape: Unicode.Scalar
    private(set) var arguments: [Token] = []
    private(set) var isJSON = false

    init(text: ScalarText, line: LogicalLine, escape: Unicode.Scalar) {
        self.text = text
        self.line = line
        self.escape = escape
    }

    mutating func read(_ kind: Keyword?) throws(ImageBuilderError) {
        guard let kind else {
            // What an unknown instruction means is not ours to guess.
            arguments = [Token("", range: text.startIndex..<text.startIndex)]
            return
        }
        switch kind.argumentForm {
        case .list: try readList(text)
        case .command: try readCommand(text)
        case .fields: readFields(text)
        case .words: arguments = WordSplitter.words(in: text, escape: escape)
        case .pairs: try readPairs(kind.name)
        case .text: readText(text)
        case .probe: try readProbe()
        case .trigger: break
        }
    }

    private mutating func readText(_ text: ScalarText) {
        if !text.isEmpty { arguments.append(Token(text)) }
    }

    private mutating func readFields(_ text: ScalarText) {
        guard !text.isEmpty else { return }
        arguments += text.split(atRunsOf: \.isArgumentSeparator).map { Token($0) }
    }

    private mutating func readList(_ text: ScalarText) throws(ImageBuilderError) {
        if try !readJSON(text) { readFields(text) }
    }

    private mutating func readCommand(_ text: ScalarText) throws(ImageBuilderError) {
        if try !readJSON(text) { readText(text) }
    }

    /// Reads a JSON array of strings.
    ///
    /// What is not JSON is left for the plain form; JSON of anything else is refused.
    private mutating func readJSON(_ text: ScalarText) throws(ImageBuilderError) -> Bool {
        let text = text.trimmedStart()
        guard text.first == "[", case .array(let elements) = JSONValue(text: text) else { return false }
        let range = text.startIndex..<text.endIndex
        for element in elements {
            guard case .string(let string) = element else {
                throw ImageBuilderError(
                    .invalidArgument,
                    "a JSON array here must hold nothing but strings",
                    at: line.location(of: range)
                )
            }
            arguments.append(Token(string, range: range))
        }
        isJSON = true
        return true
    }

    /// `HEALTHCHECK`: its kind, then a command.
    private mutating func readProbe() throws(ImageBuilderError) {
        let kind = text.prefix { !$0.isArgumentSeparator }
        guard !kind.isEmpty else { return }
        arguments = [Token(kind)]
        try readCommand(text[kind.endIndex...].trimmedStart())
    }

    private mutating func readPairs(_ keyword: String) throws(ImageBuilderError) {
        let words = WordSplitter.words(in: text, escape: escape)
        guard let first = words.first else { return }
        // Whether a space or a `=` comes first tells the two forms apart.
        guard first.text.contains(scalar: "=") else { return try readLegacyPair(keyword) }
        for word in words {
            guard let (name, value) = word.text.cut(at: "=") else {
                throw ImageBuilderError(
                    .invalidArgument,
                    "\(word.text.inQuotes) is not of the form name=value",
                    at: line.location(of: word.range)
                )
            }
            append(name: name, value: value, separator: "=", range: word.range)
        }
    }

    private mutating func readLegacyPair(_ keyword: String) throws(ImageBuilderError) {
        let parts = text.split(atRunsOf: \.isArgumentSeparator, maxParts: 2)
        guard parts.count == 2 else {
            throw ImageBuilderError(
                .invalidArgument,
                "\(keyword) needs a name and a value: name=value",
                at: line.location(of: text.startIndex..<text.endIndex)
            )
        }
        append(
            name: String(parts[0]),
            value: String(parts[1]),
            separator: "",
            range: text.startIndex..<text.endIndex
        )
    }

    private mutating func append(name: String, value: String, separator: String, range: Range<Int>) {
        arguments += [name, value, separator].map { Token($0, range: range) }
    }
}
