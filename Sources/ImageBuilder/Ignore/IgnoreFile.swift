// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Which files of a build context are left out, as a `.dockerignore` file says.
///
/// A path is left out if the last pattern that speaks of it, or of a directory above it, has no `!`.
///
/// Source: the Dockerfile reference, ".dockerignore file"; moby's patternmatcher where the reference is silent.
public struct IgnoreFile: Sendable {
    /// The patterns, in their order.
    public let patterns: [IgnorePattern]

    /// Reads the text of an ignore file.
    ///
    /// - Parameters:
    ///   - text: The file's content.
    ///   - file: The file's name in messages.
    /// - Throws: ``ImageBuilderError`` with the code `invalidPattern` at the first malformed pattern.
    public init(parsing text: String, file: String = ".dockerignore") throws(ImageBuilderError) {
        let source = SourceFile(name: file, text: text)
        var patterns: [IgnorePattern] = []
        for (number, text) in Self.patternLines(in: source) {
            do throws(IgnorePattern.Malformed) {
                if let pattern = try IgnorePattern(text) { patterns.append(pattern) }
            } catch {
                throw ImageBuilderError(.invalidPattern, error.message, at: source.location(line: number))
            }
        }
        self.patterns = patterns
    }

    /// Takes the patterns from elsewhere, as `COPY --exclude` gives them.
    package init(patterns: [String]) throws(IgnorePattern.Malformed) {
        var compiled: [IgnorePattern] = []
        for text in patterns {
            if let pattern = try IgnorePattern(text) { compiled.append(pattern) }
        }
        self.patterns = compiled
    }

    /// The names under which the ignore file of a Dockerfile is looked for, the first that exists wins.
    public static func names(forDockerfile name: String) -> [String] {
        ["\(name).dockerignore", ".dockerignore"]
    }

    /// Whether some pattern begins with `!`, so that something below a directory left out may be kept.
    public var hasExceptions: Bool { patterns.contains(where: \.isException) }

    /// Whether the file or directory is left out.
    ///
    /// - Parameter path: A clean path relative to the context, with slashes.
    /// - Returns: Whether the context is to do without it.
    public func ignores(_ path: String) -> Bool {
        let scalars = Array(path.unicodeScalars)
        let parents = scalars.indices.filter { scalars[$0] == "/" && $0 > 0 }.map { scalars[..<$0] }
        var ignored = false
        // A pattern can only turn the verdict around, so those that would confirm it need no look.
        for pattern in patterns where pattern.isException == ignored {
            if pattern.matches(scalars[...]) || parents.contains(where: pattern.matches) {
                ignored = !pattern.isException
            }
        }
        return ignored
    }
}

extension IgnoreFile {
    /// The patterns of a file with their line numbers: comments and empty lines gone, paths cleaned and made relative.
    package static func patternLines(in file: SourceFile) -> [(line: Int, pattern: String)] {
        var patterns: [(Int, String)] = []
        for (index, line) in file.lines.enumerated() {
            var line = line
            if index == 0, line.first == "\u{FEFF}" { line.removeFirst() }
            if line.first == "#" { continue }
            var text = line.trimmed()
            guard let first = text.first else { continue }
            let isException = first == "!"
            if isException { text = text.dropFirst().trimmed() }
            var pattern = text.isEmpty ? "" : CleanPath.clean(String(text))
            if pattern.utf8.count > 1, pattern.utf8.first == UInt8(ascii: "/") { pattern.removeFirst() }
            patterns.append((index + 1, (isException ? "!" : "") + pattern))
        }
        return patterns
    }
}
