// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// An archive in the format of `docker save`, unpacked into a directory of a session.
///
/// Source: moby, "Image Specification v1.2", "Combined Image JSON + Filesystem Changeset Format".
struct DockerArchive {
    let session: IngestSession
    let tree: FilePath
    let progress: ProgressHandler?

    /// Takes all images into the session.
    ///
    /// - Returns: For each image its manifest and its names.
    func ingest() async throws -> [(target: Descriptor, names: [ImageReference])] {
        guard let bytes = try read("manifest.json") else {
            throw refuse("is neither an OCI image layout nor a Docker archive: it has no index.json or manifest.json")
        }
        let entries = try JSONDocument.decode(
            [ImageExport.DockerEntry].self,
            from: bytes,
            what: "the archive's manifest.json"
        )
        guard !entries.isEmpty else { throw refuse("lists no image") }
        var images: [(target: Descriptor, names: [ImageReference])] = []
        for entry in entries {
            let names = try (entry.RepoTags ?? []).map { try ImageReference($0).taggedByDefault }
            images.append((try await add(entry), names))
        }
        return images
    }

    private func add(_ entry: ImageExport.DockerEntry) async throws -> Descriptor {
        guard let bytes = try read(entry.Config) else { throw refuse("lacks the configuration '\(entry.Config)'") }
        let configuration = try JSONDocument.decode(
            ImageConfiguration.self,
            from: bytes,
            what: "the configuration '\(entry.Config)'"
        )
        let diffIDs = configuration.rootfs.diffIDs
        guard diffIDs.count == entry.Layers.count else {
            throw refuse("has \(entry.Layers.count) layers for a configuration with \(diffIDs.count)")
        }
        let config = try session.add(bytes, as: .config)
        var layers: [Descriptor] = []
        for (name, diffID) in zip(entry.Layers, diffIDs) {
            layers.append(try await addLayer(name, diffID: diffID))
        }
        var manifest = try session.add(Manifest(config: config, layers: layers), as: .manifest)
        manifest.platform = configuration.platform
        return manifest
    }

    private func addLayer(_ name: String, diffID: Digest) async throws -> Descriptor {
        guard let source = try path(name) else { throw refuse("lacks the layer '\(name)'") }
        guard let type = try Compression.detect(in: source).layerType else {
            throw refuse("has a layer '\(name)' in a compression that images do not have")
        }
        let progress = progress
        let (digest, size) = try await session.copy(
            { try FileSource(source, cancellation: $0) },
            to: session.newPath(),
            progress: { progress?(ImageProgress(item: name, completed: $0)) }
        )
        let descriptor = Descriptor(mediaType: type, digest: digest, size: size)
        if try !session.isUnpacked(diffID) {
            try await session.unpack(session.path(of: digest), of: descriptor, expecting: diffID)
        }
        return descriptor
    }

    private func read(_ name: String) throws -> [UInt8]? {
        try path(name).flatMap { try SmallFile.read($0, limit: session.limits.documentSize) }
    }

    /// Where a file of the archive really is; links between its files are followed, but none out of it.
    private func path(_ name: String) throws -> FilePath? {
        let root = try OpenFile(tree, O_RDONLY | O_DIRECTORY)
        guard case .success(let number) = OpenFile.beneath(root, Array(name.utf8CString), O_RDONLY) else { return nil }
        let file = OpenFile(owning: number)
        guard try file.status(path: name).st_mode & S_IFMT == S_IFREG else { return nil }
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let link = "/proc/self/fd/\(file.number)"
        let count = try buffer.withUnsafeMutableBytes { room in
            try SystemCall.count("readlink", link) {
                readlink(link, room.baseAddress!.assumingMemoryBound(to: CChar.self), room.count)
            }
        }
        return FilePath(String(decoding: buffer[..<count], as: UTF8.self))
    }

    private func refuse(_ why: String) -> ImageStoreError {
        ImageStoreError(code: .invalidContent, message: "the archive \(why)")
    }
}
