// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
public import ImageStore
public import SystemPackage

/// A cache of steps' results in a directory: `type=local`.
///
/// The directory is an OCI image layout with one manifest, the same that a ``BuildCacheRegistry`` keeps under a tag, so
/// tools that copy between the two take a cache along as it is.
public struct BuildCacheDirectory: BuildCacheSource, BuildCacheTarget {
    private let directory: FilePath

    /// The cache in a directory, which is made when the cache is filled.
    public init(_ directory: FilePath) {
        self.directory = directory
    }

    private var index: FilePath { directory.appending("index.json") }
    private var blobs: FilePath { directory.appending("blobs").appending(Digest.algorithm) }

    private func blob(_ digest: Digest) -> FilePath {
        blobs.appending(digest.hex)
    }

    /// What the directory has; nothing where there is no cache in it.
    public func records() async throws -> [BuildCacheRecord] {
        guard let index = try Self.read(index) else { return [] }
        let entries = try JSONDocument.decode(Index.self, from: index, what: "'\(self.index)'").manifests
        guard let entry = entries.first, entries.count == 1, entry.mediaType.isManifest else {
            throw ImageBuilderError(.cache, "\(directory.string.inQuotes) is no build cache")
        }
        let manifest = try JSONDocument.decode(Manifest.self, from: document(entry), what: "the cache's manifest")
        try BuildCacheDocument.check(manifest, of: directory.string.inQuotes)
        return try BuildCacheDocument.records(document(manifest.config), in: manifest)
    }

    /// Copies a blob out of the directory.
    public func fetch(_ layer: Descriptor, to file: FilePath) async throws {
        try await Self.copy(blob(layer.digest), to: file)
    }

    /// Copies the blobs that the directory lacks into it, and replaces its list.
    public func store(
        _ records: [BuildCacheRecord],
        blob place: @escaping @Sendable (Digest) -> FilePath
    ) async throws {
        let document = try BuildCacheDocument(records)
        let manifest = try JSONDocument.encode(document.manifest)
        var entry = Descriptor(mediaType: .manifest, digest: Digest(of: manifest), size: Int64(manifest.count))
        entry.artifactType = document.manifest.artifactType
        let index = try JSONDocument.encode(Index(manifests: [entry]))
        try await OwnThread.run { [blobs] in
            _ = try TreeRoot(path: "/").makeDirectory(FileName(blobs.string)) { _ in }
        }
        for layer in document.manifest.layers where access(blob(layer.digest).string, R_OK) != 0 {
            try await Self.copy(place(layer.digest), to: blob(layer.digest))
        }
        let files = [
            (directory.appending("oci-layout"), Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8)),
            (blob(document.manifest.config.digest), document.list),
            (blob(entry.digest), manifest),
            (self.index, index),
        ]
        try await OwnThread.run {
            for (path, bytes) in files {
                try Self.replace(path) { file in try bytes.withUnsafeBytes { try file.write($0) } }
            }
        }
    }

    // MARK: Files

    private func document(_ descriptor: Descriptor) throws -> [UInt8] {
        guard let bytes = try Self.read(blob(descriptor.digest)), Digest(of: bytes) == descriptor.digest else {
            throw ImageBuilderError(.cache, "the cache \(directory.string.inQuotes) is damaged: \(descriptor.digest)")
        }
        return bytes
    }

    private static func read(_ path: FilePath) throws -> [UInt8]? {
        let number = openReadOnly(path.string)
        if number < 0, errno == ENOENT { return nil }
        let file = OpenFile(owning: try SystemCall.check("open", path.string) { number })
        guard let bytes = try file.content(upTo: BuildCacheDocument.maxSize) else {
            throw ImageBuilderError(.cache, "\(path.string.inQuotes) is too large for a part of a cache")
        }
        return bytes
    }

    private static func copy(_ source: FilePath, to target: FilePath) async throws {
        try await OwnThread.run {
            let from = OpenFile(owning: try SystemCall.check("open", source.string) { openReadOnly(source.string) })
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4_096)
            defer { buffer.deallocate() }
            try replace(target) { file in
                try from.read(through: buffer) { (part) throws(ImageBuilderError) in try file.write(part) }
            }
        }
    }

    /// Writes a file that appears whole or not at all.
    private static func replace(_ path: FilePath, _ write: (OpenFile) throws -> Void) throws {
        let temporary = "\(path).\(getpid())-\(UInt32.random(in: .min ... .max)).new"
        do {
            let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
            try write(OpenFile(owning: try SystemCall.check("open", temporary) { open(temporary, flags, 0o644) }))
            try SystemCall.check("rename", path.string) { rename(temporary, path.string) }
        } catch {
            unlink(temporary)
            throw error
        }
    }
}
