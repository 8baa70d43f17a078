// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
public import ImageStore
public import SystemPackage

/// A cache of steps' results in a directory: `type=local`.
///
/// The directory holds `cache.json`, a list of ``BuildCacheRecord``s, and the blobs by digest as an OCI layout does.
public struct BuildCacheDirectory: BuildCacheSource, BuildCacheTarget {
    private let directory: FilePath

    /// The cache in a directory, which is made when the cache is filled.
    public init(_ directory: FilePath) {
        self.directory = directory
    }

    private var list: FilePath { directory.appending("cache.json") }

    private func blob(_ digest: Digest) -> FilePath {
        directory.appending("blobs").appending(Digest.algorithm).appending(digest.hex)
    }

    /// What the directory has; nothing where there is no cache in it.
    public func records() async throws -> [BuildCacheRecord] {
        let path = list.string
        let number = openReadOnly(path)
        if number < 0, errno == ENOENT { return [] }
        let file = OpenFile(owning: try SystemCall.check("open", path) { number })
        guard let bytes = try file.content(upTo: 64 << 20) else {
            throw ImageBuilderError(.cache, "the cache's list \(path.quoted) is too large")
        }
        return try JSONDocument.decode([BuildCacheRecord].self, from: bytes, what: "the cache's list '\(path)'")
    }

    /// Copies a blob out of the directory.
    public func fetch(_ layer: Descriptor, to file: FilePath) async throws {
        try await Self.copy(blob(layer.digest), to: file)
    }

    /// Copies the blobs that the directory lacks into it, and replaces its list.
    public func store(_ records: [BuildCacheRecord], blob place: @Sendable (Digest) -> FilePath) async throws {
        try await OwnThread.run { [directory] in
            let root = try TreeRoot(path: "/")
            _ = try root.makeDirectory(FileName(directory.appending("blobs/\(Digest.algorithm)").string)) { _ in }
        }
        for record in records where access(blob(record.layer.digest).string, R_OK) != 0 {
            try await Self.copy(place(record.layer.digest), to: blob(record.layer.digest))
        }
        let bytes = try JSONDocument.encode(records.sorted { $0.key < $1.key })
        try await OwnThread.run { [list] in
            try Self.replace(list) { file in try bytes.withUnsafeBytes { try file.write($0) } }
        }
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
