// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The flags of one instruction, checked against those it knows.
struct FlagSet {
    enum Kind {
        /// `--flag`, `--flag=true` or `--flag=false`
        case bool
        /// `--flag=value`, once
        case string
        /// `--flag=value`, any number of times
        case strings
    }

    /// The names of the flags in use, in the order of their first use.
    private(set) var used: [String] = []
    private var bools: [String: Bool] = [:]
    private var values: [String: [Token]] = [:]

    init(_ line: InstructionLine, accepting known: [String: Kind]) throws(ImageBuilderError) {
        for token in line.flags {
            let (flag, value) = token.text.cut(at: "=").map { ($0.before, Optional($0.after)) } ?? (token.text, nil)
            let name = String(flag.dropFirst(2))
            guard let kind = known[name] else {
                let hint = Suggestion.hint(for: name, among: known.keys.sorted(), prefix: "--")
                throw line.error(.invalidFlag, "unknown flag: \(flag)\(hint)", at: token)
            }
            if used.contains(name) {
                if kind != .strings { throw line.error(.invalidFlag, "the flag \(flag) stands twice", at: token) }
            } else {
                used.append(name)
            }
            switch kind {
            case .bool: bools[name] = try Self.bool(value, of: flag, at: token, in: line)
            case .string, .strings:
                guard let value else { throw Self.missingValue(of: flag, at: token, in: line) }
                values[name, default: []].append(Token(value, range: token.range))
            }
        }
    }

    private static func bool(
        _ value: String?,
        of flag: String,
        at token: Token,
        in line: InstructionLine
    ) throws(ImageBuilderError) -> Bool {
        switch value?.lowercased() {
        case nil, "true": return true
        case "false": return false
        case "": throw missingValue(of: flag, at: token, in: line)
        default: throw line.error(.invalidFlag, "the flag \(flag) must be true or false", at: token)
        }
    }

    private static func missingValue(of flag: String, at token: Token, in line: InstructionLine) -> ImageBuilderError {
        line.error(.invalidFlag, "the flag \(flag) needs a value: \(flag)=…", at: token)
    }

    /// The flag's value, nil where it is not set or empty.
    func string(_ name: String) -> String? {
        guard let value = values[name]?.first?.text, !value.isEmpty else { return nil }
        return value
    }

    func token(_ name: String) -> Token? { values[name]?.first }

    func tokens(_ name: String) -> [Token] { values[name] ?? [] }

    func strings(_ name: String) -> [String] { tokens(name).map(\.text) }

    func bool(_ name: String) -> Bool? { bools[name] }
}
