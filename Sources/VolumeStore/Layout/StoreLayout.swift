// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

/// Where things are under the root of a store.
///
/// The row in the database says that a volume or snapshot exists; the place of its directory says what was under way. A
/// directory is born in `staging`, lives on its shelf and dies in `trash`, and only ever moves between them by `rename`.
struct StoreLayout: Sendable {
    let root: FilePath
    private let volumes: FilePath
    private let snapshots: FilePath

    init(root: FilePath) {
        self.root = root
        volumes = root.appending(Shelf.volumes.rawValue)
        snapshots = root.appending(Shelf.snapshots.rawValue)
    }

    var database: FilePath { root.appending("volumes.sqlite") }
    var reserve: FilePath { root.appending("reserve") }
    var staging: FilePath { root.appending("staging") }
    var trash: FilePath { root.appending("trash") }

    func shelf(_ shelf: Shelf) -> FilePath { shelf == .volumes ? volumes : snapshots }
    func home(_ id: VolumeID, on shelf: Shelf = .volumes) -> FilePath { self.shelf(shelf).appending(id.rawValue) }
    func staged(_ id: VolumeID) -> FilePath { staging.appending(id.rawValue) }
    func trashed(_ id: VolumeID) -> FilePath { trash.appending(id.rawValue) }

    /// Makes what is missing.
    ///
    /// The root and the volumes are 0711, so that a container's user can reach a volume's files but not list the store;
    /// everything that no mount goes through is 0700.
    func create() throws(VolumeError) {
        try Directory.createWithParents(root, mode: 0o711)
        try Directory.create(shelf(.volumes), mode: 0o711)
        for path in [staging, trash, shelf(.snapshots)] {
            try Directory.create(path, mode: 0o700)
        }
        try Directory.sync(root)
    }
}
