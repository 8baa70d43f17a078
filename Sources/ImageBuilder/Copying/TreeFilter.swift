// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Which files of a tree are taken: not those that the context or the instruction leaves out, and where patterns ask
/// for some, only those.
struct TreeFilter: Sendable {
    /// What the build context leaves out, by paths from its root.
    var ignore: IgnoreFile?
    /// Where the tree lies in the context: empty, or a path with a slash at its end.
    var place = ""
    /// `--exclude`, by paths from the tree's top.
    var excludes: IgnoreFile?
    /// What is taken: a pattern that speaks of it, or of a directory above it.
    var includes: IgnoreFile?

    /// Whether everything is taken.
    var takesAll: Bool { ignore == nil && excludes == nil && includes == nil }

    /// Whether something is taken by itself.
    func takes(_ path: String) -> Bool {
        if let ignore, ignore.ignores(place + path) { return false }
        if let excludes, excludes.ignores(path) { return false }
        return includes?.ignores(path) ?? true
    }

    /// Whether something in a directory that is not taken itself may be.
    func mayTakeWithin(_ path: String) -> Bool {
        if let ignore, ignore.ignores(place + path), !ignore.hasExceptions { return false }
        if let excludes, excludes.ignores(path), !excludes.hasExceptions { return false }
        return includes?.patterns.contains { $0.mayMatch(within: path) } ?? true
    }
}

extension IgnorePattern {
    /// Whether the pattern may speak of something below a directory: the text before its first wildcard says when not.
    func mayMatch(within directory: String) -> Bool {
        let plain = text.unicodeScalars.prefix { !"*?[\\".unicodeScalars.contains($0) }
        let prefix = String(String.UnicodeScalarView(plain))
        return prefix.hasPrefix(directory + "/") || (directory + "/").hasPrefix(prefix)
    }
}
