// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Content on its way into the store: it is written and verified in a directory of its own, and moved into place whole.
///
/// If the session ends without ``commit()``, the store is as it was. Until then it keeps others from removing content.
package final class IngestSession: Sendable {
    private struct Staged {
        var blobs: [Digest: FilePath] = [:]
        var layers: [Digest: UnpackedLayer] = [:]
    }

    let paths: StorePaths
    let limits: LayerLimits
    private let directory: FilePath
    private let lock: FileLock
    private let staged = Mutex(Staged())

    /// Begins a session; waits while unused content is being removed.
    init(paths: StorePaths, limits: LayerLimits) async throws {
        self.paths = paths
        self.limits = limits
        lock = try await FileLock.wait(for: paths.contentLock, .shared)
        directory = paths.partial.appending("\(getpid())-\(UInt64.random(in: .min ... .max))")
        try Directory.make(directory)
    }

    deinit {
        // What can't be removed now is removed when the store is opened next.
        try? Directory.remove(directory)
    }

    /// A path for something that does not exist yet.
    func newPath() -> FilePath {
        directory.appending("\(UInt64.random(in: .min ... .max))")
    }

    /// Makes an empty directory that goes with the session, for what is not to be seen before its end.
    ///
    /// - Throws: ``ImageStoreError`` with code `system`.
    package func makeDirectory() throws -> FilePath {
        let path = newPath()
        try Directory.make(path)
        return path
    }

    /// Where a blob is: in this session, or else in the store.
    func path(of digest: Digest) -> FilePath {
        staged.withLock { $0.blobs[digest] } ?? paths.blob(digest)
    }

    /// Whether a blob is here or in the store already.
    package func contains(_ digest: Digest) -> Bool {
        access(path(of: digest).string, R_OK) == 0
    }

    /// Whether the layer is unpacked, here or in the store.
    func isUnpacked(_ diffID: Digest) throws -> Bool {
        if staged.withLock({ $0.layers[diffID] }) != nil { return true }
        return try paths.layer(diffID).record() != nil
    }

    /// Reads documents of this session and the store.
    var content: StoredContent {
        StoredContent(limits: limits) { [self] in path(of: $0) }
    }

    /// Takes in a blob that was written and verified.
    func stage(_ digest: Digest, at path: FilePath) {
        staged.withLock { $0.blobs[digest] = path }
    }

    /// Takes in a layer that was unpacked and verified.
    func stage(_ layer: UnpackedLayer, diffID: Digest) {
        staged.withLock { $0.layers[diffID] = layer }
    }

    /// Adds a small document.
    @discardableResult
    package func add(_ bytes: [UInt8], as type: MediaType) throws -> Descriptor {
        let writer = try BlobWriter(path: newPath())
        try bytes.withUnsafeBytes { try writer.write($0) }
        let (digest, size) = try writer.finish()
        stage(digest, at: writer.path)
        return Descriptor(mediaType: type, digest: digest, size: size)
    }

    /// Adds a document as JSON.
    @discardableResult
    func add(_ value: some Encodable, as type: MediaType) throws -> Descriptor {
        try add(JSONDocument.encode(value), as: type)
    }

    /// Moves everything into place.
    ///
    /// What the store got from elsewhere meanwhile is kept.
    ///
    /// - Parameter list: Makes the store list what was added, before anybody may take it for unused.
    /// - Returns: What `list` returns.
    /// - Throws: ``ImageStoreError`` with code `system`, and what `list` throws.
    package func commit<Value>(_ list: () throws -> Value) throws -> Value {
        try commit()
        return try list()
    }

    /// Moves everything into place without listing it: for layers of images that are listed already.
    func commit() throws {
        let staged = staged.withLock { $0 }
        for (digest, path) in staged.blobs {
            let target = paths.blob(digest).string
            try SystemCall.check("rename", target) { rename(path.string, target) }
        }
        if !staged.blobs.isEmpty { try Directory.synchronize(paths.blobs) }
        for (diffID, layer) in staged.layers { try install(layer, diffID: diffID) }
        self.staged.withLock { $0 = Staged() }
    }

    private func install(_ layer: UnpackedLayer, diffID: Digest) throws {
        let target = paths.layer(diffID)
        if try target.record() != nil { return }
        // A layer without a valid record was cut off by a crash of the machine.
        try Directory.remove(target.directory)
        guard rename(layer.directory.string, target.directory.string) == 0 || errno == ENOTEMPTY || errno == EEXIST
        else { throw SystemCall.error("rename", target.directory.string, errno) }
    }
}
