// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import VolumeStore

/// Does to a store what a model says, and reads back what it holds.
struct StoreActor {
    let store: VolumeStore
    /// A directory outside of the store, for the image's content.
    let directory: FilePath

    func perform(_ step: StoreModel.Step) async throws {
        switch step {
        case .create(let name): try await store.create(VolumeRequest(name: name))
        case .write(let name, let text): try await write(text, to: name)
        case .copyUp(let name): try await copyUp(name)
        case .rename(let old, let new): try await store.rename(old, to: new)
        case .remove(let name): try await store.remove(name)
        case .snapshot(let name, let snapshot): try await store.snapshot(name, as: snapshot)
        case .removeSnapshot(let name, let snapshot): try await store.removeSnapshot(snapshot, of: name)
        case .restore(let name, let snapshot): try await store.restore(name, from: snapshot)
        case .clone(let name, let new): try await store.clone(name, to: new)
        }
    }

    /// What the store holds.
    func observe() async throws -> StoreModel {
        var model = StoreModel()
        for volume in try await store.list() {
            var state = StoreModel.Volume(text: try await text(of: volume.name))
            for snapshot in try await store.snapshots(of: volume.name) {
                // A snapshot is looked at through a clone of it, as a user would.
                try await store.clone(volume.name, snapshot: snapshot.name, to: "look-at-snapshot")
                state.snapshots[snapshot.name] = .some(try await text(of: "look-at-snapshot"))
                try await store.remove("look-at-snapshot")
            }
            model.volumes[volume.name] = state
        }
        return model
    }

    private func text(of name: String) async throws -> String? {
        let owner = try LeaseOwner.thisProcess(id: "reader")
        return try await store.withMount(name, owner: owner, access: .readOnly) { mount in
            let names = FileTree.names(in: mount.source).filter { $0 != "unfinished" }
            guard !names.isEmpty else { return nil }
            return try FileTree.read(mount.source.appending("file"))
        }
    }

    /// Writes as a careful program does: beside, then renamed.
    private func write(_ text: String, to name: String) async throws {
        let owner = try LeaseOwner.thisProcess(id: "writer")
        try await store.withMount(name, owner: owner) { mount in
            let unfinished = mount.source.appending("unfinished")
            try FileTree.write(text, to: unfinished)
            guard rename(unfinished.string, mount.source.appending("file").string) == 0 else {
                throw Errno(rawValue: errno)
            }
        }
    }

    private func copyUp(_ name: String) async throws {
        let content = directory.appending("image")
        if !FileTree.exists(content) {
            try FileTree.make(content)
            try FileTree.write("from the image", to: content.appending("file"))
        }
        let opened = try FileDescriptor.open(content, .readOnly, options: .directory)
        defer { try? opened.close() }
        let owner = try LeaseOwner.thisProcess(id: "copier")
        try await store.withMount(name, owner: owner, copyingUp: opened) { _ in }
    }
}
