// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Finds a pattern in a text, in time and space of (elements × scalars) whatever the pattern.
struct ShellPatternSearch {
    /// The most of (elements × scalars) that is worked on: far more than anyone means.
    private static let maxSize = 1 << 26

    private let pattern: ShellPattern
    private let scalars: [Unicode.Scalar]
    /// For each element and each position: whether the elements from there can match the text from there.
    private let canMatch: [[Bool]]

    init(_ pattern: ShellPattern, in scalars: [Unicode.Scalar]) throws(ExpansionFailure) {
        guard (pattern.elements.count + 1) * (scalars.count + 1) <= Self.maxSize else { throw .tooLong }
        self.pattern = pattern
        self.scalars = scalars
        canMatch = Self.table(pattern.elements, scalars)
    }

    /// Each element's row follows from the row of the element after it.
    private static func table(_ elements: [ShellPattern.Element], _ scalars: [Unicode.Scalar]) -> [[Bool]] {
        let end = scalars.count
        var rows = [[Bool](repeating: true, count: end + 1)]
        for element in elements.reversed() {
            let next = rows[rows.count - 1]
            var row = [Bool](repeating: false, count: end + 1)
            for position in (0...end).reversed() {
                let scalar = position < end ? scalars[position] : nil
                switch element {
                case .scalar(let wanted): row[position] = scalar == wanted && next[position + 1]
                case .anyScalar: row[position] = scalar != nil && scalar != "\n" && next[position + 1]
                case .anyText:
                    let goesOn = scalar != nil && scalar != "\n" && row[position + 1]
                    row[position] = next[position] || goesOn
                }
            }
            rows.append(row)
        }
        return rows.reversed()
    }

    /// The first match that begins at `start` or after it.
    func firstMatch(from start: Int) -> Range<Int>? {
        guard start <= scalars.count, let first = canMatch[0][start...].firstIndex(of: true) else { return nil }
        return matchEnd(from: first).map { first..<$0 }
    }

    /// Where the preferred match that begins at `start` ends.
    func matchEnd(from start: Int) -> Int? {
        guard canMatch[0][start] else { return nil }
        var position = start
        for (index, element) in pattern.elements.enumerated() {
            guard case .anyText = element else {
                position += 1
                continue
            }
            let limit = scalars[position...].firstIndex(of: "\n") ?? scalars.count
            let ends = canMatch[index + 1][position...limit]
            position = (pattern.isGreedy ? ends.lastIndex(of: true) : ends.firstIndex(of: true)) ?? position
        }
        return position
    }
}
