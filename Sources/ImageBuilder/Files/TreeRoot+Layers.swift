// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import Glibc
import SystemPackage

extension TreeRoot {
    /// The files of layers, lowest first, read-only and as a container would see them; the host sees no mount.
    ///
    /// `empty` is a directory without anything in it, for no layers.
    static func layers(
        _ layers: [FilePath],
        empty: FilePath,
        holding holds: [any Sendable] = []
    ) throws -> TreeRoot {
        guard layers.count > 1 else { return try TreeRoot(path: layers.first ?? empty, holding: holds) }
        let mount = try RootFilesystem.overlay(layers: layers.reversed(), writable: nil).openDetached()
        return TreeRoot(OpenFile(owning: mount.release()), holding: holds)
    }

    /// The files of layers with changes that go into `upper`.
    ///
    /// When this value is gone, `upper` holds the changes in the form of a layer.
    static func writable(over layers: [FilePath], upper: FilePath, work: FilePath) throws -> TreeRoot {
        guard !layers.isEmpty else { return try TreeRoot(path: upper) }
        let writable = RootFilesystem.WritableLayer(upper: upper, work: work, isVolatile: true)
        let mount = try RootFilesystem.overlay(layers: layers.reversed(), writable: writable).openDetached()
        return TreeRoot(OpenFile(owning: mount.release()))
    }
}
