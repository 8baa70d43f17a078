// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import ImageStore

/// What a build came to.
public struct BuildResult: Sendable {
    /// The digest of the image's configuration, by which Docker calls it.
    public let imageID: Digest
    /// The digest of the image's manifest.
    public let digest: Digest
    /// The image's configuration.
    public let configuration: ImageConfiguration
    /// The image as the store lists it; nil where no output asked for that.
    public let image: Image?
    /// How many steps changed files.
    public let stepCount: Int
    /// How many of them were taken from the cache.
    public let cachedStepCount: Int
    /// The lint rules that the Dockerfile breaks.
    public let warnings: [LintWarning]
}
