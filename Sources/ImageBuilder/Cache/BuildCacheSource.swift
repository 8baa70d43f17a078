// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import ImageStore
public import SystemPackage

/// The result of a step in a cache: which key it has, and the layer that it made.
public struct BuildCacheRecord: Sendable, Hashable {
    /// The step's key: hexadecimal digits.
    public var key: String
    /// The layer's blob.
    public var layer: Descriptor
    /// The digest of the layer's archive without compression.
    public var diffID: Digest
    /// When the step was done, in RFC 3339 form.
    public var created: String

    /// Makes a record.
    public init(key: String, layer: Descriptor, diffID: Digest, created: String) {
        self.key = key
        self.layer = layer
        self.diffID = diffID
        self.created = created
    }
}

/// A cache of steps' results that a build may look into: a directory, a registry.
public protocol BuildCacheSource: Sendable {
    /// What the cache has.
    func records() async throws -> [BuildCacheRecord]

    /// Fetches a layer's blob.
    ///
    /// - Parameters:
    ///   - layer: The blob; what was fetched is verified against it.
    ///   - file: Where to write it; the file does not exist yet.
    /// - Throws: Whatever went wrong; the step is then done.
    func fetch(_ layer: Descriptor, to file: FilePath) async throws
}

/// A cache of steps' results that a build fills.
public protocol BuildCacheTarget: Sendable {
    /// Takes the results of a build, in place of those of an earlier one.
    ///
    /// - Parameters:
    ///   - records: The results.
    ///   - blob: Where each blob is.
    /// - Throws: Whatever went wrong.
    func store(
        _ records: [BuildCacheRecord],
        blob: @escaping @Sendable (Digest) -> FilePath
    ) async throws
}
