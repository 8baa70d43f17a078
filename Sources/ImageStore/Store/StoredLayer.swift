// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A layer by both its names: that of its blob, and that of its content.
package struct StoredLayer: Sendable, Hashable, Codable {
    /// The blob.
    package var descriptor: Descriptor
    /// The digest of the archive as it is without compression.
    package var diffID: Digest

    package init(descriptor: Descriptor, diffID: Digest) {
        self.descriptor = descriptor
        self.diffID = diffID
    }
}

extension Image {
    /// The layers, lowest first.
    package var layers: [StoredLayer] {
        zip(manifest.layers, configuration.rootfs.diffIDs).map { StoredLayer(descriptor: $0, diffID: $1) }
    }
}
