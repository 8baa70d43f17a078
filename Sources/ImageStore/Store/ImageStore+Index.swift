// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

extension Descriptor {
    /// The annotation that names an entry of an index.
    ///
    /// Source: OCI image specification, "Annotations".
    static let referenceName = "org.opencontainers.image.ref.name"

    /// The annotation by which containerd keeps a whole reference.
    static let containerdName = "io.containerd.image.name"

    /// The name that an entry of an index carries, normalised.
    var reference: ImageReference? {
        for key in [Self.containerdName, Self.referenceName] {
            if let text = annotations?[key], let reference = try? ImageReference(text) {
                return reference.taggedByDefault
            }
        }
        return nil
    }

    /// The same entry with this name, or without any.
    func named(_ reference: ImageReference?) -> Descriptor {
        var copy = self
        var annotations = copy.annotations ?? [:]
        annotations[Self.containerdName] = nil
        annotations[Self.referenceName] = reference?.description
        copy.annotations = annotations.isEmpty ? nil : annotations
        return copy
    }
}

extension ImageStore {
    /// What the store's `index.json` lists.
    func readIndex() throws -> Index {
        guard let bytes = try SmallFile.read(paths.index, limit: limits.documentSize) else { return Index() }
        return try JSONDocument.decode(Index.self, from: bytes, what: "'\(paths.index)'")
    }

    /// Changes `index.json`, alone among all processes.
    func updateIndex<Value>(_ change: (inout Index) throws -> Value) throws -> Value {
        let lock = try FileLock.take(paths.indexLock, .exclusive)
        var index = try readIndex()
        let old = index
        let value = try change(&index)
        if index != old { try SmallFile.replace(paths.index, with: JSONDocument.encode(index)) }
        _ = consume lock
        return value
    }

    /// Lists an image under a name.
    ///
    /// One that had the name before stays, without it.
    func list(_ target: Descriptor, as reference: ImageReference?) throws {
        try updateIndex { index in
            index.manifests.removeAll {
                $0.digest == target.digest && ($0.reference == nil || $0.reference == reference)
            }
            if let reference { Self.release(reference, in: &index) }
            index.manifests.append(target.named(reference))
        }
    }

    /// Takes a name from the image that has it.
    ///
    /// An image whose last name this was stays listed without one.
    ///
    /// - Returns: Whether an image had the name.
    @discardableResult
    static func release(_ reference: ImageReference, in index: inout Index) -> Bool {
        guard let position = index.manifests.firstIndex(where: { $0.reference == reference }) else { return false }
        let entry = index.manifests.remove(at: position)
        if !index.manifests.contains(where: { $0.digest == entry.digest }) {
            index.manifests.append(entry.named(nil))
        }
        return true
    }
}
