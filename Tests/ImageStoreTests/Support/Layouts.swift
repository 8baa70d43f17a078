// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

@testable import ImageStore

/// Builds OCI image layouts, whole ones and broken ones.
struct LayoutBuilder {
    let directory: FilePath
    var index = Index()

    init(at directory: FilePath) throws {
        self.directory = directory
        for path in [directory, directory.appending("blobs"), directory.appending("blobs/sha256")] {
            guard mkdir(path.string, 0o755) == 0 else { throw Errno(rawValue: errno) }
        }
        try FileTree.write(Array("{\"imageLayoutVersion\":\"1.0.0\"}".utf8), to: directory.appending("oci-layout"))
    }

    /// Writes a blob, under its own digest or a wrong one.
    @discardableResult
    func add(_ bytes: [UInt8], as type: MediaType, digest: Digest? = nil, size: Int64? = nil) throws -> Descriptor {
        let digest = digest ?? Digest(of: bytes)
        try FileTree.write(bytes, to: directory.appending("blobs/sha256/\(digest.hex)"))
        return Descriptor(mediaType: type, digest: digest, size: size ?? Int64(bytes.count))
    }

    @discardableResult
    func add(_ document: some Encodable, as type: MediaType) throws -> Descriptor {
        try add(JSONDocument.encode(document), as: type)
    }

    /// Adds an image of these layers and lists it.
    @discardableResult
    mutating func addImage(
        layers archives: [[UInt8]],
        name: String? = nil,
        platform: Platform = .current,
        listed: Bool = true,
        diffIDs: [Digest]? = nil
    ) throws -> Descriptor {
        let layers = try archives.map { try add($0, as: .layer) }
        let configuration = ImageConfiguration(
            platform: platform,
            rootfs: .init(diffIDs: diffIDs ?? archives.map { Digest(of: $0) })
        )
        let config = try add(configuration, as: .config)
        var manifest = try add(Manifest(config: config, layers: layers), as: .manifest)
        manifest.platform = platform
        if let name { manifest.annotations = ["org.opencontainers.image.ref.name": name] }
        if listed { index.manifests.append(manifest) }
        return manifest
    }

    /// Writes `index.json`.
    func finish() throws {
        try FileTree.write(JSONDocument.encode(index), to: directory.appending("index.json"))
    }

    static let layer = TarBuilder.archive { tar in
        tar.add(directory: "etc")
        tar.add(file: "etc/os-release", "ID=test\n")
    }
}
