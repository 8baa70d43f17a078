// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A stretch of text whose indices stay those of the text it was cut from, so that every part knows where it stands.
///
/// Dockerfiles are read scalar by scalar: a grapheme would hide an `=` under a combining mark and CR in CR LF.
package typealias ScalarText = ArraySlice<Unicode.Scalar>

extension ArraySlice<Unicode.Scalar> {
    package init(text: String) {
        self = Array(text.unicodeScalars)[...]
    }

    /// Without the white space at both ends.
    package func trimmed() -> Self {
        var end = endIndex
        while end > startIndex, self[end - 1].isSpace { end -= 1 }
        return self[..<end].trimmedStart()
    }

    /// Without the white space at the start.
    package func trimmedStart() -> Self {
        drop(while: \.isSpace)
    }

    package func hasPrefix(_ prefix: String) -> Bool {
        starts(with: prefix.unicodeScalars)
    }

    /// Cuts at each run of separators.
    ///
    /// The text must not begin or end with one.
    package func split(atRunsOf isSeparator: (Unicode.Scalar) -> Bool, maxParts: Int = .max) -> [Self] {
        var parts: [Self] = []
        var rest = self
        while parts.count + 1 < maxParts, let cut = rest.firstIndex(where: isSeparator) {
            parts.append(rest[..<cut])
            rest = rest[cut...].drop(while: isSeparator)
        }
        return parts + [rest]
    }

    /// The parts before and after the first `separator`, nil when there is none.
    package func cut(at separator: Unicode.Scalar) -> (before: Self, after: Self)? {
        guard let index = firstIndex(of: separator) else { return nil }
        return (self[..<index], self[(index + 1)...])
    }
}

extension String {
    package init(_ scalars: some Sequence<Unicode.Scalar>) {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        self.init(view)
    }

    /// The text before and after the first `separator`, nil when there is none.
    package func cut(at separator: Unicode.Scalar) -> (before: String, after: String)? {
        guard let index = unicodeScalars.firstIndex(of: separator) else { return nil }
        let after = unicodeScalars.index(after: index)
        return (String(unicodeScalars[..<index]), String(unicodeScalars[after...]))
    }

    package func trimmed() -> String {
        String(ScalarText(text: self).trimmed())
    }

    /// Whether `scalar` occurs, also where a combining mark follows it.
    package func contains(scalar: Unicode.Scalar) -> Bool {
        unicodeScalars.contains(scalar)
    }
}
