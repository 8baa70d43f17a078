// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

/// Writes images to an archive that is an OCI image layout and a Docker archive at the same time.
struct ImageExport {
    /// One image of Docker's `manifest.json`.
    ///
    /// Source: moby, "Image Specification v1.2", "Combined Image JSON".
    struct DockerEntry: Codable {
        var Config: String
        var RepoTags: [String]?
        var Layers: [String]
    }

    let hold: ContentHold
    let cancellation: CancellationFlag
    let progress: ProgressHandler?

    /// Writes the whole archive.
    func write(_ images: [Image], to writer: ArchiveWriter) throws {
        var index = Index()
        var entries: [DockerEntry] = []
        var written: Set<Digest> = []
        try writer.add(directory: "blobs/")
        try writer.add(directory: "blobs/\(Digest.algorithm)/")
        for image in images {
            let whole = try hold.closure(of: image.target)
            let target = whole == nil ? image.manifestDescriptor : image.target
            guard let contents = try whole ?? hold.closure(of: target) else {
                throw ImageStoreError(
                    code: .contentNotFound,
                    message: "the store lacks content of \(image.reference?.familiar ?? image.id.short)",
                    path: image.digest.description
                )
            }
            for blob in contents where written.insert(blob.digest).inserted { try write(blob, to: writer) }
            index.manifests.append(target.named(image.reference))
            Self.add(image, to: &entries)
        }
        try writer.add(file: "index.json", JSONDocument.encode(index))
        try writer.add(file: "manifest.json", JSONDocument.encode(entries))
        let layout = LayoutFile(imageLayoutVersion: LayoutFile.currentVersion)
        try writer.add(file: "oci-layout", JSONDocument.encode(layout))
    }

    private func write(_ blob: Descriptor, to writer: ArchiveWriter) throws {
        try writer.add(file: Self.name(blob.digest), from: hold.path(of: blob.digest), cancellation: cancellation)
        progress?(ImageProgress(item: blob.digest.description, completed: blob.size, total: blob.size))
    }

    private static func name(_ digest: Digest) -> String { "blobs/\(Digest.algorithm)/\(digest.hex)" }

    /// Docker's list has one entry an image, with all its names.
    private static func add(_ image: Image, to entries: inout [DockerEntry]) {
        let tag = image.reference.flatMap { $0.tag == nil ? nil : $0.familiar }
        if let position = entries.firstIndex(where: { $0.Config == name(image.id) }) {
            if let tag { entries[position].RepoTags = (entries[position].RepoTags ?? []) + [tag] }
            return
        }
        entries.append(
            DockerEntry(
                Config: name(image.id),
                RepoTags: tag.map { [$0] },
                Layers: image.manifest.layers.map { name($0.digest) }
            )
        )
    }
}
