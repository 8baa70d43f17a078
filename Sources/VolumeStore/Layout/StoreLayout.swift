// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

/// Where things are under the root of a store.
///
/// The row in the database says that a volume exists; the place of its directory says what was under way. A directory
/// is born in `staging`, lives in `volumes` and dies in `trash`, and only ever moves between them by `rename`.
struct StoreLayout: Sendable {
    let root: FilePath

    var database: FilePath { root.appending("volumes.sqlite") }
    var staging: FilePath { root.appending("staging") }
    var volumes: FilePath { root.appending("volumes") }
    var snapshots: FilePath { root.appending("snapshots") }
    var trash: FilePath { root.appending("trash") }

    func staged(_ id: VolumeID) -> FilePath { staging.appending(id.rawValue) }
    func volume(_ id: VolumeID) -> FilePath { volumes.appending(id.rawValue) }
    func trashed(_ id: VolumeID) -> FilePath { trash.appending(id.rawValue) }

    /// Makes what is missing.
    ///
    /// The root is 0711, so that a container's user can reach a volume's files but not list the store; everything a
    /// volume's path does not go through is 0700.
    func create() throws(VolumeError) {
        try Directory.createWithParents(root, mode: 0o711)
        try Directory.create(volumes, mode: 0o711)
        for path in [staging, snapshots, trash] {
            try Directory.create(path, mode: 0o700)
        }
        try Directory.sync(root)
    }
}
