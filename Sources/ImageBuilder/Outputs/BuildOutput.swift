// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

/// What is made of a build's result.
public struct BuildOutput: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case image
        case imageArchive(Destination)
        case filesArchive(Destination)
        case files(FilePath)
    }

    /// Where an archive goes.
    enum Destination: Sendable, Hashable {
        case file(FilePath)
        case descriptor(FileDescriptor)
    }

    let kind: Kind

    /// The image is listed in the store under the build's tags.
    public static let image = BuildOutput(kind: .image)

    /// The image as an archive that Docker, Podman and skopeo read: an OCI layout and a Docker archive in one.
    ///
    /// - Parameter path: The file to write.
    /// - Returns: The output.
    public static func imageArchive(_ path: FilePath) -> BuildOutput {
        BuildOutput(kind: .imageArchive(.file(path)))
    }

    /// The image as an archive like that of ``imageArchive(_:)``, into a pipe or an open file.
    ///
    /// - Parameter output: What is written to; it stays open, also after the build.
    /// - Returns: The output.
    public static func imageArchive(into output: FileDescriptor) -> BuildOutput {
        BuildOutput(kind: .imageArchive(.descriptor(output)))
    }

    /// The files of the result as a tar archive.
    ///
    /// - Parameter path: The file to write.
    /// - Returns: The output.
    public static func filesArchive(_ path: FilePath) -> BuildOutput {
        BuildOutput(kind: .filesArchive(.file(path)))
    }

    /// The files of the result as a tar archive, into a pipe or an open file.
    ///
    /// - Parameter output: What is written to; it stays open, also after the build.
    /// - Returns: The output.
    public static func filesArchive(into output: FileDescriptor) -> BuildOutput {
        BuildOutput(kind: .filesArchive(.descriptor(output)))
    }

    /// The files of the result in a directory of the host; they belong to whoever runs this program.
    ///
    /// - Parameter directory: The directory; what is missing of its path is made, and what is in it stays.
    /// - Returns: The output.
    public static func files(_ directory: FilePath) -> BuildOutput {
        BuildOutput(kind: .files(directory))
    }
}
