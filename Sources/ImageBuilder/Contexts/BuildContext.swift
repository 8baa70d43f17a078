// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import ImageStore
public import SystemPackage

/// The files that a build may copy and mount.
public struct BuildContext: Sendable, Hashable {
    enum Source: Sendable, Hashable {
        case directory(FilePath)
        case empty
        case stream(FilePath)
        case remote(String)
        case git(GitSource)
    }

    let source: Source

    /// A directory, without what its ignore file leaves out.
    ///
    /// - Parameter path: The directory.
    /// - Returns: The context.
    public static func directory(_ path: FilePath) -> BuildContext {
        BuildContext(source: .directory(path))
    }

    /// Nothing: for Dockerfiles that copy nothing.
    public static let empty = BuildContext(source: .empty)

    /// What a file or a pipe holds: an archive with the files, plain or compressed, or a Dockerfile alone.
    ///
    /// - Parameter path: The file, or a pipe such as `/dev/stdin`.
    /// - Returns: The context.
    public static func stream(_ path: FilePath) -> BuildContext {
        BuildContext(source: .stream(path))
    }

    /// What a server gives for an address: an archive with the files, or a Dockerfile alone.
    ///
    /// - Parameter address: The address: `https://…` or `http://…`.
    /// - Returns: The context.
    public static func remote(_ address: String) -> BuildContext {
        BuildContext(source: .remote(address))
    }

    /// The files of a Git repository at one commit.
    ///
    /// - Parameter source: The repository, and what of it.
    /// - Returns: The context.
    public static func git(_ source: GitSource) -> BuildContext {
        BuildContext(source: .git(source))
    }

    /// What a person means: the address of a Git repository or of a file, or a directory's path.
    ///
    /// - Parameter text: What was written.
    /// - Throws: ``ImageBuilderError`` with code `invalidArgument` if it is an address that can't be used.
    public init(_ text: String) throws(ImageBuilderError) {
        if GitSource.isAddress(text) {
            source = .git(try GitSource(text))
        } else if text.hasPrefix("http://") || text.hasPrefix("https://") {
            source = .remote(text)
        } else if let scheme = text.firstRange(of: "://") {
            throw ImageBuilderError(.invalidArgument, "contexts are not fetched by '\(text[..<scheme.upperBound])'")
        } else {
            source = .directory(FilePath(text))
        }
    }

    init(source: Source) {
        self.source = source
    }
}

/// Files or an image that a build knows by a name: `--build-context`.
public struct NamedBuildContext: Sendable, Hashable {
    enum Source: Sendable, Hashable {
        case directory(FilePath)
        case image(ImageReference)
        case context(BuildContext)
    }

    let source: Source

    /// A directory, all of it.
    ///
    /// - Parameter path: The directory.
    /// - Returns: The context.
    public static func directory(_ path: FilePath) -> NamedBuildContext {
        NamedBuildContext(source: .directory(path))
    }

    /// The files of a context that is fetched or unpacked first.
    ///
    /// - Parameter context: The context.
    /// - Returns: The context with a name.
    public static func context(_ context: BuildContext) -> NamedBuildContext {
        if case .directory(let path) = context.source { return .directory(path) }
        return NamedBuildContext(source: .context(context))
    }

    /// An image, in place of the one that the name would stand for.
    ///
    /// - Parameter reference: The image's name.
    /// - Returns: The context.
    public static func image(_ reference: ImageReference) -> NamedBuildContext {
        NamedBuildContext(source: .image(reference))
    }
}

/// Where a Dockerfile is.
public struct DockerfileSource: Sendable, Hashable {
    enum Source: Sendable, Hashable {
        case named(String)
        case file(FilePath)
        case text(String, name: String)
    }

    let source: Source

    /// A file of the context.
    ///
    /// - Parameter path: The path in the context.
    /// - Returns: The source.
    public static func named(_ path: String) -> DockerfileSource {
        DockerfileSource(source: .named(path))
    }

    /// A file anywhere.
    ///
    /// - Parameter path: The file.
    /// - Returns: The source.
    public static func file(_ path: FilePath) -> DockerfileSource {
        DockerfileSource(source: .file(path))
    }

    /// A text.
    ///
    /// - Parameters:
    ///   - text: The Dockerfile.
    ///   - name: What messages call it.
    /// - Returns: The source.
    public static func text(_ text: String, name: String = "Dockerfile") -> DockerfileSource {
        DockerfileSource(source: .text(text, name: name))
    }
}
