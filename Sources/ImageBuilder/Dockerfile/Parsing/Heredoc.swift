// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A here-document of an instruction: `<<NAME`, and the lines up to `NAME`.
package struct Heredoc: Sendable, Equatable {
    /// The word that ends it, without quotes.
    package let name: String
    /// The number before `<<`; 0 when there is none.
    package let descriptor: UInt
    /// Whether variables are expanded in the content: not if any part of the word was quoted.
    package let expands: Bool
    /// Whether leading tabs are taken off: `<<-`.
    package let chomps: Bool
    /// The lines between, as they are in the file.
    package var content = ""

    /// The content as the build uses it.
    package var data: String {
        chomps ? Self.chomped(content) : content
    }

    /// Without the tabs at the start of each line.
    package static func chomped(_ content: String) -> String {
        var atLineStart = true
        return String(
            content.unicodeScalars.filter { scalar in
                if atLineStart, scalar == "\t" { return false }
                atLineStart = scalar == "\n"
                return true
            }
        )
    }

    /// Whether a physical line ends the document.
    func isTerminated(by line: ScalarText) -> Bool {
        var line = line
        while let last = line.last, last == "\n" || last == "\r" { line.removeLast() }
        if chomps { line = line.drop { $0 == "\t" } }
        return line.elementsEqual(name.unicodeScalars)
    }
}
