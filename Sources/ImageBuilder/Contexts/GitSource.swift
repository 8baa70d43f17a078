// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A directory of a Git repository at one commit, as builds are given it:
/// `https://example.com/app.git#branch:directory`.
///
/// What follows `#` is a branch, a tag or a commit, and after a colon a directory; both may be left out. The same can
/// stand in a query: `?ref=…&subdir=…`, where `branch`, `tag` and `checksum` are known, too.
///
/// Source: Docker's "Build context", section "Git repositories".
public struct GitSource: Sendable, Hashable, CustomStringConvertible {
    /// The repository as `git` takes it.
    ///
    /// It may hold a password, so it is not for messages.
    public let repository: String
    /// The branch, tag or commit; the repository's default branch where nil.
    public private(set) var reference: String?
    /// The directory; all of the repository where nil.
    public private(set) var subdirectory: String?
    /// What the commit's name must begin with.
    public private(set) var checksum: String?
    /// Whether the repository's own directory, `.git`, is kept; nil where not said.
    public private(set) var keepsRepository: Bool?

    /// Reads an address.
    ///
    /// - Parameter text: What was written.
    /// - Throws: ``ImageBuilderError`` with code `invalidArgument`.
    public init(_ text: String) throws(ImageBuilderError) {
        let hash = text.firstIndex(of: "#")
        let fragment = hash.map { String(text[text.index(after: $0)...]) }
        let address = String(text[..<(hash ?? text.endIndex)])
        let mark = address.firstIndex(of: "?")
        let query = mark.map { String(address[address.index(after: $0)...]) }
        let place = String(address[..<(mark ?? address.endIndex)])
        repository = place.hasPrefix("github.com/") ? "https://\(place)" : place
        if let fragment {
            let parts = fragment.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            reference = parts[0].isEmpty ? nil : parts[0]
            subdirectory = parts.count > 1 && !parts[1].isEmpty ? parts[1] : nil
        }
        if let query { try read(query) }
        try check()
    }

    /// Whether a text is the address of a repository rather than of a file, or a path.
    public static func isAddress(_ text: String) -> Bool {
        if ["git://", "git@", "ssh://", "file://", "github.com/"].contains(where: text.hasPrefix) { return true }
        guard text.hasPrefix("http://") || text.hasPrefix("https://") else { return false }
        return text.prefix { $0 != "?" && $0 != "#" }.hasSuffix(".git")
    }

    /// Whether the repository is one of this machine's files.
    public var isLocal: Bool { repository.hasPrefix("file://") }

    /// The same at a commit.
    func pinned(to commit: String) -> GitSource {
        var copy = self
        copy.reference = commit
        return copy
    }

    /// The address without a password.
    public var description: String {
        let place = Self.withoutPassword(repository)
        let directory = subdirectory.map { ":\($0)" } ?? ""
        return reference == nil && directory.isEmpty ? place : "\(place)#\(reference ?? "")\(directory)"
    }

    /// The repository's address without a password.
    static func withoutPassword(_ repository: String) -> String {
        guard let scheme = repository.firstRange(of: "://") else { return repository }
        let rest = repository[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        guard let at = authority.lastIndex(of: "@") else { return repository }
        return repository[..<scheme.upperBound] + "***" + rest[at...]
    }

    // MARK: Parts

    private mutating func read(_ query: String) throws(ImageBuilderError) {
        for item in query.split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let value = parts.count > 1 ? parts[1] : ""
            switch parts[0] {
            case "ref": try name(value)
            case "branch": try name("refs/heads/\(value)")
            case "tag": try name("refs/tags/\(value)")
            case "subdir":
                guard subdirectory == nil else { throw Self.refuse(self, "it names two directories") }
                subdirectory = value
            case "checksum", "commit": checksum = value
            case "keep-git-dir": keepsRepository = value.isEmpty || value == "1" || value == "true"
            default: throw Self.refuse(self, "its query holds '\(parts[0])', which is not known")
            }
        }
    }

    private mutating func name(_ value: String) throws(ImageBuilderError) {
        guard reference == nil else { throw Self.refuse(self, "it names two references") }
        reference = value
    }

    /// Refuses what `git` or `ssh` could take for an option, or for more than one word.
    private func check() throws(ImageBuilderError) {
        guard !repository.isEmpty, Self.isPlain(repository), !repository.hasPrefix("-") else {
            throw Self.refuse(self, "its repository is no address")
        }
        let host = repository.firstRange(of: "://").map { repository[$0.upperBound...] } ?? repository[...]
        let name = host.prefix { $0 != "/" }.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        guard isLocal || !name.isEmpty && !name.hasPrefix("-") && !host.hasPrefix("-") else {
            throw Self.refuse(self, "it has no host")
        }
        if let reference, !Self.isReference(reference) {
            throw Self.refuse(self, "'\(reference)' is no name of a branch, tag or commit")
        }
        if let checksum, checksum.count < 7 || checksum.count > 64 || !checksum.allSatisfy(\.isHexDigit) {
            throw Self.refuse(self, "'\(checksum)' is no commit")
        }
    }

    private static func isPlain(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
    }

    /// Source: git-check-ref-format(1).
    static func isReference(_ text: String) -> Bool {
        let forbidden: Set<Character> = ["~", "^", ":", "?", "*", "[", "\\"]
        return !text.isEmpty && isPlain(text) && !text.contains(where: forbidden.contains) && !text.hasPrefix("-")
            && !text.hasPrefix("+") && !text.contains("..") && !text.contains("@{") && !text.hasSuffix("/")
            && !text.hasSuffix(".lock")
    }

    private static func refuse(_ source: GitSource, _ why: String) -> ImageBuilderError {
        ImageBuilderError(.invalidArgument, "\(source.description.inQuotes) can't be used: \(why)")
    }
}
