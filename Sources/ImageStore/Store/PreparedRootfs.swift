// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

/// An image's layers, unpacked and kept from removal for as long as this value lives.
///
/// The hold is a lock that the kernel drops when the process ends, so a crash never keeps an image.
public final class PreparedRootfs: Sendable {
    /// The directories to give overlayfs as `lowerdir`, **topmost first**, which is the order its option wants.
    ///
    /// A layer that the image has twice stands here once.
    public let layers: [FilePath]

    private let leases: [Lease]

    init(layers: [FilePath], leases: [Lease]) {
        self.layers = layers
        self.leases = leases
    }

    /// A hold on one layer.
    final class Lease: Sendable {
        private let lock: FileLock

        init(_ lock: consuming FileLock) {
            self.lock = lock
        }
    }
}
