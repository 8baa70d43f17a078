// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a `COPY` or an `ADD` says, variables expanded.
struct FileCopying: Sendable {
    let keyword: String
    let sources: Instruction.Sources
    /// The stage or image; nil for the build context.
    let origin: StageGraph.Origin?
    let chown: String?
    let chmod: String?
    let checksum: String?
    /// Whether a repository's `.git` is kept; nil where the flag is not given.
    let keepGitDirectory: Bool?
    let keepsParents: Bool
    let excludes: [String]
    /// Whether archives of the context are unpacked, and remote ones.
    let unpacks: (local: Bool, remote: Bool)
    /// Whether the copies are a layer that looks at nothing below it.
    ///
    /// Together with `--chmod` it is not, as in BuildKit.
    let isIndependent: Bool

    init(_ copy: Instruction.Copy, origin: StageGraph.Origin?) throws(ImageBuilderError) {
        keyword = "COPY"
        sources = copy.sources
        self.origin = origin
        chown = copy.chown
        chmod = copy.chmod
        checksum = nil
        keepGitDirectory = nil
        keepsParents = copy.parents
        excludes = copy.excludes
        unpacks = (false, false)
        isIndependent = copy.link && copy.chmod == nil
        if let remote = copy.sources.paths.first(where: { RemoteAddress.kind(of: $0) != nil }) {
            throw ImageBuilderError(.invalidArgument, "COPY can't copy from the address \(remote.inQuotes); ADD can")
        }
    }

    init(_ add: Instruction.Add) throws(ImageBuilderError) {
        keyword = "ADD"
        sources = add.sources
        origin = nil
        chown = add.chown
        chmod = add.chmod
        checksum = add.checksum
        keepGitDirectory = add.keepGitDirectory
        keepsParents = false
        excludes = add.excludes
        unpacks = (add.unpack ?? true, add.unpack ?? false)
        isIndependent = add.link && add.chmod == nil
        guard checksum != nil else { return }
        guard add.sources.paths.count == 1, add.sources.files.isEmpty,
            RemoteAddress.kind(of: add.sources.paths[0]) != nil
        else { throw ImageBuilderError(.invalidFlag, "--checksum is for a single source that is an address") }
    }

    /// The path to copy to, from the root; a slash at its end says that it is a directory.
    func destination(in workingDirectory: String) -> String {
        let path = sources.destination
        let joined = CleanPath.join(workingDirectory, path)
        let isDirectory = path.isEmpty || path == "." || path.hasSuffix("/") || path.hasSuffix("/.")
        return isDirectory && joined != "/" ? joined + "/" : joined
    }
}

/// An address as a source of `ADD`.
enum RemoteAddress {
    enum Kind {
        case http
        case git
    }

    /// Nil for a path.
    static func kind(of source: String) -> Kind? {
        if source.hasPrefix("git://") || source.hasPrefix("git@") || source.hasPrefix("ssh://") { return .git }
        guard source.hasPrefix("http://") || source.hasPrefix("https://") else { return nil }
        return GitSource.isAddress(source) ? .git : .http
    }

    /// The name of a file that is fetched from there.
    static func fileName(of address: String) -> String {
        let name = path(of: address).split(separator: "/").dropFirst(2).last.map(String.init)
        return name ?? "__unnamed__"
    }

    private static func path(of address: String) -> String {
        String(address.prefix { $0 != "?" && $0 != "#" })
    }
}
