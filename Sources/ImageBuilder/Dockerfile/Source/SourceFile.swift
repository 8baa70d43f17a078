// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The physical lines of a file, each with its line ending.
package struct SourceFile: Sendable {
    /// What messages call the file.
    package let name: String
    package let lines: [ScalarText]

    package init(name: String, text: String) {
        self.name = name
        let scalars = Array(text.unicodeScalars)
        var lines: [ScalarText] = []
        var start = 0
        for index in scalars.indices where scalars[index] == "\n" {
            lines.append(scalars[start...index])
            start = index + 1
        }
        if start < scalars.count { lines.append(scalars[start...]) }
        self.lines = lines
    }

    /// A place on one line, all numbers counted from 1 but `column`, which is an offset in scalars.
    ///
    /// Without a column the whole line is meant; without `instruction`, the lines of one, the line stands alone.
    package func location(
        line: Int,
        column: Int? = nil,
        length: Int = 1,
        instruction: ClosedRange<Int>? = nil
    ) -> SourceLocation {
        var excerpt = lines.indices.contains(line - 1) ? lines[line - 1] : []
        while let last = excerpt.last, last == "\n" || last == "\r" { excerpt.removeLast() }
        let indentation = excerpt.prefix(while: \.isSpace).count
        let start = column ?? indentation
        return SourceLocation(
            file: name,
            line: line,
            column: start + 1,
            length: max(1, column == nil ? excerpt.count - indentation : min(length, excerpt.count - start)),
            lines: instruction ?? line...line,
            excerpt: String(excerpt)
        )
    }
}
