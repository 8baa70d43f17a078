// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Finds the frontend image that a file asks for.
package enum SyntaxDirective {
    /// The value of `# syntax=`, of `// syntax=`, or of `"syntax"` in a file that is a JSON object.
    ///
    /// A first line that begins with `#!` is passed over, as the frontends do.
    package static func value(in file: SourceFile) -> String? {
        var lines = file.lines[...]
        if let first = lines.first, first.drop(while: { $0 == "\u{FEFF}" }).hasPrefix("#!") { lines.removeFirst() }
        for comment in ["#", "//"] {
            let directives = ParserDirectiveReader.directives(in: lines, comment: comment)
            if let found = directives.first(where: { $0.name == .syntax }) { return found.firstWord }
        }
        var text = lines.joined()[...]
        if text.first == "\u{FEFF}" { text.removeFirst() }
        guard text.first(where: { !$0.isSpace }) == "{", case .object(let members) = JSONValue(text: ScalarText(text)),
            case .string(let value) = members["syntax"]
        else { return nil }
        return value
    }
}
