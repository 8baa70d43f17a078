// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import ImageStore
public import SystemPackage

/// A cache of steps' results in a registry: `type=registry`.
///
/// ```swift
/// try await RegistryClient.with { client in
///     let cache = BuildCacheRegistry(try ImageReference("registry.example.com/team/app:cache"), in: client)
///     options.cacheSources = [cache]
///     options.cacheExports = [BuildCacheExport(to: cache)]
///     try await builder.build(.directory("/src/app"), options: options)
/// }
/// ```
///
/// The cache is a tag of a repository. A build reads its list, and fetches the layers of the steps that it finds there,
/// no others. Filling it sends the layers that the repository lacks, and then puts the tag in place of the earlier one.
public struct BuildCacheRegistry: BuildCacheSource, BuildCacheTarget {
    private let reference: ImageReference
    private let registry: any ArtifactRegistry

    /// The cache of this name.
    ///
    /// - Parameters:
    ///   - reference: The name; without a tag, `latest`.
    ///   - registry: What reaches it, such as `ImageRegistry`'s client.
    public init(_ reference: ImageReference, in registry: any ArtifactRegistry) {
        self.reference = reference.taggedByDefault
        self.registry = registry
    }

    /// What the cache has; nothing where there is none of that name.
    public func records() async throws -> [BuildCacheRecord] {
        guard let manifest = try await registry.artifact(reference) else { return [] }
        try BuildCacheDocument.check(manifest, of: reference.familiar)
        let list = try await registry.document(manifest.config, of: reference)
        return try BuildCacheDocument.records(list, in: manifest)
    }

    /// Fetches a layer's blob.
    public func fetch(_ layer: Descriptor, to file: FilePath) async throws {
        try await registry.fetch(layer, of: reference, to: file)
    }

    /// Sends the layers that the repository lacks, and replaces the list.
    ///
    /// Without results there is nothing to replace it by, and the cache stays as it is.
    public func store(
        _ records: [BuildCacheRecord],
        blob: @escaping @Sendable (Digest) -> FilePath
    ) async throws {
        guard !records.isEmpty else { return }
        let document = try BuildCacheDocument(records)
        try await registry.push(document.manifest, as: reference) { digest in
            digest == document.manifest.config.digest ? .bytes(document.list) : .file(blob(digest))
        }
    }
}
