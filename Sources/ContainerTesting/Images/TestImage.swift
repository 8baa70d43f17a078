// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import ImageBuilder
public import ImageStore
public import Nestbox
public import SystemPackage

/// What a test's container is made from.
///
/// A string stands for an image that the engine has or can fetch: `.container("postgres:17")`.
public struct TestImage: Sendable, ExpressibleByStringLiteral {
    enum Kind: Sendable {
        case named(String)
        case rootFilesystem(archive: FilePath, name: String, defaults: ImageConfiguration.Defaults)
        case archive(FilePath)
        indirect case built(BuildContext, DockerfileSource, target: String?, bases: [String: TestImage])
        case provided(@Sendable (Nestbox) async throws -> String)
    }

    let kind: Kind

    /// An image that the engine has, or fetches if it has a puller.
    ///
    /// - Parameter name: Its name or identifier.
    /// - Returns: The image.
    public static func named(_ name: String) -> TestImage {
        TestImage(kind: .named(name))
    }

    /// An image made of the archive of a root filesystem, such as `mmdebstrap` writes.
    ///
    /// It is imported again only if the archive has changed.
    ///
    /// - Parameters:
    ///   - archive: The archive's path.
    ///   - name: What the image is called in the engine; its tag says which archive it is from.
    ///   - defaults: What runs in its containers where the trait does not say.
    /// - Returns: The image.
    public static func rootFilesystem(
        archive: FilePath,
        as name: String,
        defaults: ImageConfiguration.Defaults = ImageConfiguration.Defaults()
    ) -> TestImage {
        TestImage(kind: .rootFilesystem(archive: archive, name: name, defaults: defaults))
    }

    /// The first image of an archive that `docker save`, Podman, skopeo or `nestbox save` wrote.
    ///
    /// - Parameter path: The archive's path.
    /// - Returns: The image.
    public static func archive(_ path: FilePath) -> TestImage {
        TestImage(kind: .archive(path))
    }

    /// An image built from a Dockerfile; what has not changed since the last time is taken from the cache.
    ///
    /// - Parameters:
    ///   - context: What the Dockerfile may copy from.
    ///   - dockerfile: Where it is.
    ///   - target: The stage to build; the last where `nil`.
    ///   - bases: What names in its `FROM` stand for, where they are not those of images that the engine has or fetches.
    /// - Returns: The image.
    public static func built(
        from context: BuildContext,
        dockerfile: DockerfileSource = .named("Dockerfile"),
        target: String? = nil,
        bases: [String: TestImage] = [:]
    ) -> TestImage {
        TestImage(kind: .built(context, dockerfile, target: target, bases: bases))
    }

    /// An image that a closure provides, which is called for each container.
    ///
    /// - Parameter provide: Makes sure that the engine has the image, and returns its name or identifier.
    /// - Returns: The image.
    public static func provided(_ provide: @escaping @Sendable (Nestbox) async throws -> String) -> TestImage {
        TestImage(kind: .provided(provide))
    }
}

extension TestImage {
    /// An image that the engine has or can fetch.
    ///
    /// - Parameter value: Its name or identifier.
    public init(stringLiteral value: String) {
        self = .named(value)
    }
}

extension TestImage: CustomStringConvertible {
    /// What it is, for messages.
    public var description: String {
        switch kind {
        case .named(let name): name
        case .rootFilesystem(_, let name, _): name
        case .archive(let path): path.string
        case .built: "of a Dockerfile"
        case .provided: "of a closure"
        }
    }
}
