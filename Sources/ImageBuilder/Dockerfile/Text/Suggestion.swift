// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Finds what a mistyped word was meant to be.
package enum Suggestion {
    /// The candidate nearest to `word`, if it is fewer than three edits away; nil for an exact match.
    ///
    /// Without `caseSensitive` the answer takes the case of `word`, when that is all upper or all lower.
    package static func nearest(to word: String, among candidates: [String], caseSensitive: Bool = true) -> String? {
        let wanted = caseSensitive ? word : word.lowercased()
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let candidate = caseSensitive ? candidate : candidate.lowercased()
            if candidate == wanted { return nil }
            let distance = editDistance(Array(wanted.unicodeScalars), Array(candidate.unicodeScalars))
            if distance < best?.distance ?? 3 { best = (candidate, distance) }
        }
        guard let match = best?.candidate else { return nil }
        return !caseSensitive && word == word.uppercased() && word != word.lowercased() ? match.uppercased() : match
    }

    /// ` (did you mean …?)`, or nothing.
    package static func hint(
        for word: String,
        among candidates: [String],
        caseSensitive: Bool = true,
        prefix: String = ""
    ) -> String {
        guard let match = nearest(to: word, among: candidates, caseSensitive: caseSensitive) else { return "" }
        return " (did you mean \(prefix)\(match)?)"
    }

    /// Levenshtein's distance: insertions, deletions and substitutions cost one each.
    private static func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        if abs(a.count - b.count) >= 3 { return 3 }
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let above = row[j + 1]
                row[j + 1] = min(above + 1, row[j] + 1, diagonal + (x == y ? 0 : 1))
                diagonal = above
            }
        }
        return row[b.count]
    }
}
