// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension InstructionLine {
    /// The keyword in capitals, for messages.
    var name: String { keyword.text.uppercased() }

    /// An error at `token`, or at the whole instruction.
    func error(_ code: ImageBuilderError.Code, _ message: String, at token: Token? = nil) -> ImageBuilderError {
        ImageBuilderError(code, message, at: token.map(location(of:)) ?? line.location)
    }

    func unknownInstruction() -> ImageBuilderError {
        let hint = Suggestion.hint(for: keyword.text, among: Keyword.allCases.map(\.name), caseSensitive: false)
        return error(.unknownInstruction, "unknown instruction: \(keyword.text)\(hint)", at: keyword)
    }

    /// The arguments, of which there must be one at least, of an instruction without flags.
    func checkedArguments() throws(ImageBuilderError) -> [String] {
        guard !arguments.isEmpty else {
            throw error(.invalidArgument, "\(name) needs at least one argument")
        }
        _ = try FlagSet(self, accepting: [:])
        return arguments.map(\.text)
    }

    /// The one argument of an instruction without flags.
    func onlyArgument(checkingFlags: Bool = true) throws(ImageBuilderError) -> String {
        guard arguments.count == 1 else {
            throw error(.invalidArgument, "\(name) needs exactly one argument")
        }
        if checkingFlags { _ = try FlagSet(self, accepting: [:]) }
        return arguments[0].text
    }

    /// What the comments say of `name`: the rest of the first that begins with it.
    func documentation(of name: String) -> String? {
        guard !name.isEmpty else { return nil }
        let prefix = name + " "
        return comments.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }
}
