// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The store's content, kept from removal for as long as this value lives: for a push or an export.
package final class ContentHold: Sendable {
    private let paths: StorePaths
    private let content: StoredContent
    private let lock: FileLock

    init(paths: StorePaths, limits: LayerLimits) async throws {
        self.paths = paths
        content = StoredContent(paths: paths, limits: limits)
        lock = try await FileLock.wait(for: paths.contentLock, .shared)
    }

    /// Where a blob is.
    package func path(of digest: Digest) -> FilePath { paths.blob(digest) }

    /// Whether a blob is there.
    package func contains(_ digest: Digest) -> Bool { access(paths.blob(digest).string, R_OK) == 0 }

    /// A document's bytes, verified.
    package func document(_ descriptor: Descriptor) throws -> [UInt8] { try content.document(descriptor) }

    /// A manifest.
    package func manifest(_ descriptor: Descriptor) throws -> Manifest { try content.manifest(descriptor) }

    /// An index.
    package func index(_ descriptor: Descriptor) throws -> Index { try content.index(descriptor) }

    /// The documents and blobs under an entry, each once, what is named before what names it.
    ///
    /// - Returns: `nil` if some of it is missing, as with images pulled for one platform only.
    package func closure(of entry: Descriptor) throws -> [Descriptor]? {
        var seen: Set<Digest> = []
        var ordered: [Descriptor] = []
        return try collect(entry, depth: 0, &seen, &ordered) ? ordered : nil
    }

    private func collect(
        _ entry: Descriptor,
        depth: Int,
        _ seen: inout Set<Digest>,
        _ ordered: inout [Descriptor]
    ) throws -> Bool {
        guard seen.insert(entry.digest).inserted else { return true }
        guard contains(entry.digest), depth <= StoredContent.depthLimit else { return false }
        var children: [Descriptor] = []
        if entry.mediaType.isIndex {
            children = try index(entry).manifests
        } else if entry.mediaType.isManifest {
            let manifest = try manifest(entry)
            children = manifest.layers + [manifest.config]
        }
        for child in children {
            guard try collect(child, depth: depth + 1, &seen, &ordered) else { return false }
        }
        ordered.append(entry)
        return true
    }
}

extension ImageStore {
    /// Keeps the store's content from removal.
    package func holdContent() async throws -> ContentHold {
        try await ContentHold(paths: paths, limits: limits)
    }
}
