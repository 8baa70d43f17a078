// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc
public import ImageStore
public import SystemPackage

/// Where the images of tests are, and what fetches those that are missing.
///
/// Tests of one process that name the same root share one engine, which is open while one of them has a container.
public struct TestEngine: Sendable {
    /// The directory of images and containers; what `NESTBOX_ROOT` says, or `/var/lib/nestbox`, by default.
    public var root: FilePath
    /// What fetches missing images, such as `ImageRegistry`'s `RegistryPuller`; `nil` to use only those that are there.
    public var puller: (any ImagePuller)?

    /// Creates a description.
    ///
    /// - Parameters:
    ///   - root: The directory of images and containers: an absolute path.
    ///   - puller: What fetches missing images.
    public init(root: FilePath? = nil, puller: (any ImagePuller)? = nil) {
        self.root = root ?? Self.defaultRoot
        self.puller = puller
    }

    private static var defaultRoot: FilePath {
        guard let stated = getenv("NESTBOX_ROOT"), stated.pointee != 0 else { return "/var/lib/nestbox" }
        return FilePath(String(cString: stated))
    }
}
