// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

/// Where things are in a store's directory.
///
/// `oci-layout`, `index.json` and `blobs` are the OCI image layout that other tools read. The rest is ours: `unpacked`
/// holds layers ready for overlayfs by diff id, `partial` what is being written, `kept` names layers that stay without an
/// image, and the two lock files say who works.
struct StorePaths: Sendable, Hashable {
    let root: FilePath

    var layoutFile: FilePath { root.appending("oci-layout") }
    var index: FilePath { root.appending("index.json") }
    var blobs: FilePath { root.appending("blobs").appending(Digest.algorithm) }
    var unpacked: FilePath { root.appending("unpacked").appending(Digest.algorithm) }
    var partial: FilePath { root.appending("partial") }
    var kept: FilePath { root.appending("kept") }

    /// Held shared while content is added or used, exclusively while unused content is removed.
    var contentLock: FilePath { root.appending("content.lock") }

    /// Held exclusively while `index.json` is replaced.
    var indexLock: FilePath { root.appending("index.lock") }

    func blob(_ digest: Digest) -> FilePath { blobs.appending(digest.hex) }
    func layer(_ diffID: Digest) -> UnpackedLayer { UnpackedLayer(directory: unpacked.appending(diffID.hex)) }
}
