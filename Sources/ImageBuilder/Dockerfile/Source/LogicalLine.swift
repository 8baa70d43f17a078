// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// An instruction's text with its continuation lines joined, which remembers where each part stood in the file.
package struct LogicalLine: Sendable {
    private struct Piece: Sendable {
        let offset: Int
        let line: Int
        let column: Int
    }

    package let file: SourceFile
    package private(set) var scalars: [Unicode.Scalar] = []
    private var pieces: [Piece] = []
    /// The physical lines, here-documents included.
    package var lines: ClosedRange<Int>

    package init(file: SourceFile, startingAt line: Int) {
        self.file = file
        lines = line...line
    }

    /// Appends a part of the physical line `line`.
    package mutating func append(_ part: ScalarText, line: Int) {
        let column = part.startIndex - file.lines[line - 1].startIndex
        pieces.append(Piece(offset: scalars.count, line: line, column: column))
        scalars += part
    }

    /// Where the scalars at `range` stand in the file.
    ///
    /// Of a range over several lines, the first line counts.
    package func location(of range: Range<Int>) -> SourceLocation {
        let index = pieces.lastIndex { $0.offset <= range.lowerBound } ?? pieces.startIndex
        guard pieces.indices.contains(index) else { return location }
        let piece = pieces[index]
        let end = index + 1 < pieces.count ? pieces[index + 1].offset : scalars.count
        return file.location(
            line: piece.line,
            column: piece.column + range.lowerBound - piece.offset,
            length: max(1, min(range.upperBound, end) - range.lowerBound),
            instruction: lines
        )
    }

    /// The whole instruction: its first line is shown.
    package var location: SourceLocation {
        file.location(line: lines.lowerBound, instruction: lines)
    }

    /// The first place where `text` occurs, or the whole instruction.
    package func location(ofText text: String) -> SourceLocation {
        let wanted = Array(text.unicodeScalars)
        guard !wanted.isEmpty, scalars.count >= wanted.count else { return location }
        for start in 0...(scalars.count - wanted.count) where scalars[start...].starts(with: wanted) {
            return location(of: start..<start + wanted.count)
        }
        return location
    }
}
