// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A layer that stays in the store without an image that has it, until it is released: what a build made of a step.
package struct KeptLayer: Sendable, Hashable, Codable {
    /// The layer.
    package var layer: StoredLayer
    /// What whoever keeps it wants to know again.
    package var note: [String: String]

    package init(layer: StoredLayer, note: [String: String] = [:]) {
        self.layer = layer
        self.note = note
    }
}

extension ImageStore {
    /// The layer that is kept under a key; `nil` if there is none, or its blob is gone.
    ///
    /// A record that was cut short by a crash counts as none: what is kept can be made again.
    package func keptLayer(_ key: String) -> KeptLayer? {
        guard let kept = readKeptLayer(paths.kept.appending(key)) else { return nil }
        return access(paths.blob(kept.layer.descriptor.digest).string, R_OK) == 0 ? kept : nil
    }

    /// Keeps a layer that the store holds.
    ///
    /// - Parameters:
    ///   - layer: The layer; it replaces one that was kept under the key.
    ///   - key: A file's name: digits and letters.
    /// - Throws: ``ImageStoreError`` with code `system`.
    package func keep(_ layer: KeptLayer, as key: String) throws {
        try Directory.make(paths.kept)
        let path = paths.kept.appending(key)
        let temporary = paths.kept.appending(".\(getpid())-\(UInt64.random(in: .min ... .max))")
        do {
            let file = try OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL)
            try JSONDocument.encode(layer).withUnsafeBytes { try file.write($0, at: 0, path: temporary.string) }
            try Directory.rename(temporary, to: path)
        } catch {
            unlink(temporary.string)
            throw error
        }
    }

    /// All kept layers with their keys.
    package func keptLayers() throws -> [(key: String, layer: KeptLayer)] {
        try Directory.names(in: paths.kept).compactMap { name in
            readKeptLayer(paths.kept.appending(name)).map { (name, $0) }
        }
    }

    /// Keeps some layers no longer, and removes what nothing else uses.
    ///
    /// - Parameter isReleased: Says which, by key.
    /// - Returns: What was removed.
    /// - Throws: ``ImageStoreError``; `CancellationError` if the task is cancelled while others work in the store.
    @discardableResult
    package func releaseKeptLayers(where isReleased: (String, KeptLayer) -> Bool) async throws -> RemovedContent {
        let lock = try await FileLock.wait(for: paths.contentLock, .exclusive)
        for (key, layer) in try keptLayers() where isReleased(key, layer) {
            try Directory.remove(paths.kept.appending(key))
        }
        return try removeUnusedContent(under: lock)
    }

    private func readKeptLayer(_ path: FilePath) -> KeptLayer? {
        guard let bytes = try? SmallFile.read(path, limit: 1 << 20) else { return nil }
        return try? JSONDocument.decode(KeptLayer.self, from: bytes, what: "a kept layer")
    }
}
