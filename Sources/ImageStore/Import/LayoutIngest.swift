// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Takes images from a layout's directory into a session.
struct LayoutIngest {
    let session: IngestSession
    let source: FilePath
    let platform: Platform
    let progress: ProgressHandler?

    /// Adds the image, or the images, that an entry of the layout's index leads to.
    func add(_ entry: Descriptor) async throws {
        try await addDocument(entry)
        var chosen = entry
        for _ in 0..<StoredContent.depthLimit where chosen.mediaType.isIndex {
            chosen = try session.choose(under: chosen, for: platform)
            try await addDocument(chosen)
        }
        guard !chosen.mediaType.isIndex else { throw StoredContent.tooDeep(chosen) }
        try await addTree(entry, chosen: chosen.digest, depth: 0)
    }

    /// Adds what lies under an entry whose document is here already.
    private func addTree(_ entry: Descriptor, chosen: Digest, depth: Int) async throws {
        if entry.mediaType.isIndex {
            guard depth < StoredContent.depthLimit else { return }
            for child in try session.content.index(entry).manifests where isWanted(child, chosen: chosen) {
                try await addDocument(child)
                try await addTree(child, chosen: chosen, depth: depth + 1)
            }
        } else if entry.mediaType.isManifest {
            try await addImage(entry, unpack: entry.digest == chosen)
        }
    }

    /// Manifests for other platforms may be missing: layouts of one platform's content are common.
    private func isWanted(_ child: Descriptor, chosen: Digest) -> Bool {
        child.digest == chosen || session.contains(child.digest) || exists(child.digest)
    }

    private func addImage(_ descriptor: Descriptor, unpack: Bool) async throws {
        let manifest = try session.content.manifest(descriptor)
        guard unpack || exists(manifest.config.digest) else { return }
        try await addDocument(manifest.config)
        guard unpack else {
            for layer in manifest.layers where exists(layer.digest) { try await addBlob(layer) }
            return
        }
        let configuration = try session.content.configuration(of: manifest)
        for (layer, diffID) in zip(manifest.layers, configuration.rootfs.diffIDs) {
            try await addLayer(layer, diffID: diffID)
        }
    }

    /// Adds a document and everything `StoredContent` checks about it.
    private func addDocument(_ descriptor: Descriptor) async throws {
        guard descriptor.size <= session.limits.documentSize else {
            throw ImageStoreError(
                code: .limitExceeded,
                message: "the document \(descriptor.digest) has \(descriptor.size) bytes; "
                    + "at most \(session.limits.documentSize) are allowed",
                path: descriptor.digest.description
            )
        }
        try await addBlob(descriptor)
    }

    private func addBlob(_ descriptor: Descriptor) async throws {
        if session.contains(descriptor.digest) { return }
        let path = try existingPath(descriptor)
        _ = try await session.copy(
            { try FileSource(path, cancellation: $0) },
            to: session.newPath(),
            expecting: descriptor
        )
    }

    /// Copies and unpacks a layer at the same time.
    private func addLayer(_ descriptor: Descriptor, diffID: Digest) async throws {
        if try session.isUnpacked(diffID) { return try await addBlob(descriptor) }
        if session.contains(descriptor.digest) {
            try await session.unpack(session.path(of: descriptor.digest), of: descriptor, expecting: diffID)
            return
        }
        let source = try existingPath(descriptor)
        let target = session.newPath()
        let growing = GrowingFile()
        let progress = progress
        async let copied = session.copy(
            { try FileSource(source, cancellation: $0) },
            to: target,
            expecting: descriptor,
            growing: growing,
            progress: { done in
                progress?(
                    ImageProgress(item: descriptor.digest.description, completed: done, total: descriptor.size)
                )
            }
        )
        try await session.unpack(target, of: descriptor, expecting: diffID, growing: growing)
        _ = try await copied
    }
}

extension LayoutIngest {
    private func path(_ digest: Digest) -> FilePath {
        source.appending("blobs").appending(Digest.algorithm).appending(digest.hex)
    }

    private func exists(_ digest: Digest) -> Bool {
        access(path(digest).string, R_OK) == 0
    }

    private func existingPath(_ descriptor: Descriptor) throws -> FilePath {
        guard exists(descriptor.digest) else {
            throw ImageStoreError(
                code: .contentNotFound,
                message: "the layout lacks \(descriptor.digest) ('\(descriptor.mediaType)')",
                path: descriptor.digest.description
            )
        }
        return path(descriptor.digest)
    }
}
