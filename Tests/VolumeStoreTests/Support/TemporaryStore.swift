// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import VolumeStore

/// A directory for one test, removed afterwards, with a store in it.
struct TemporaryStore {
    let directory: FilePath
    let store: VolumeStore

    var root: FilePath { directory.appending("store") }

    /// The names in a directory of the store.
    func names(in part: String) -> [String] {
        FileTree.names(in: root.appending(part))
    }

    /// Opens the same store as another process would.
    func reopened(_ configuration: VolumeStore.Configuration = .init()) async throws -> VolumeStore {
        try await VolumeStore.open(root, configuration: configuration)
    }

    /// Runs `body` with a new store.
    static func with(
        _ configuration: VolumeStore.Configuration = .init(),
        _ body: (TemporaryStore) async throws -> Void
    ) async throws {
        try await FileTree.withTemporaryDirectory { directory in
            let store = try await VolumeStore.open(directory.appending("store"), configuration: configuration)
            try await body(TemporaryStore(directory: directory, store: store))
        }
    }
}

extension LeaseOwner {
    /// An owner that lives as long as the test.
    static func test(_ id: String = "box-1") throws -> LeaseOwner {
        try .thisProcess(id: id)
    }
}
