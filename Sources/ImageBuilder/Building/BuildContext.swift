// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import ImageStore
public import SystemPackage

/// The files that a build may copy and mount.
public struct BuildContext: Sendable, Hashable {
    enum Source: Sendable, Hashable {
        case directory(FilePath)
        case empty
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
}

/// A directory or an image that a build knows by a name: `--build-context`.
public struct NamedBuildContext: Sendable, Hashable {
    enum Source: Sendable, Hashable {
        case directory(FilePath)
        case image(ImageReference)
    }

    let source: Source

    /// A directory, all of it.
    ///
    /// - Parameter path: The directory.
    /// - Returns: The context.
    public static func directory(_ path: FilePath) -> NamedBuildContext {
        NamedBuildContext(source: .directory(path))
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
