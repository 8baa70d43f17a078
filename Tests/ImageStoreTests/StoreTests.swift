// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import ImageStore

@Suite("The store", .enabled(if: Privileges.isRoot, "\(Privileges.absence)"))
struct StoreTests {
    /// Imports an image with one file in it.
    private func add(_ name: String, _ content: String, to temporary: TemporaryStore) async throws -> Image {
        let archive = try temporary.write(TarBuilder.archive { $0.add(file: "f", content) }, as: "\(name).tar")
        return try await temporary.store.importRootFilesystem(archive: archive, as: ImageReference(name))
    }

    @Test("a tagged image is found by both names, and stays until the last one is removed")
    func tags() async throws {
        let temporary = try TemporaryStore()
        let store = temporary.store
        let image = try await add("one", "1", to: temporary)
        try store.tag(image, as: ImageReference("two:v1"))
        #expect(try store.image("two:v1").id == image.id)
        #expect(try await store.remove(image).blobs.isEmpty)
        #expect(throws: ImageStoreError.self) { try store.image("one") }
        let removed = try await store.remove(store.image("two:v1"))
        #expect(removed.blobs.count == 3)
        #expect(removed.layers == image.configuration.rootfs.diffIDs)
        #expect(try store.images().isEmpty)
        #expect(try FileTree.names(store.paths.blobs).isEmpty)
        #expect(try FileTree.names(store.paths.unpacked).isEmpty)
    }

    @Test("removing an image keeps the layers that another one shares with it")
    func sharedLayers() async throws {
        let temporary = try TemporaryStore()
        let store = temporary.store
        let one = try await add("one", "same", to: temporary)
        let two = try await add("two", "same", to: temporary)
        #expect(one.configuration.rootfs == two.configuration.rootfs)
        #expect(try await store.remove(one).layers.isEmpty)
        let rootfs = try await store.prepareRootfs(of: two)
        #expect(try FileTree.text(rootfs.layers[0].appending("f")) == "same")
    }

    @Test("an untagged image goes with a prune, a tagged one does not, and a layer in use stays")
    func prune() async throws {
        let temporary = try TemporaryStore()
        let store = temporary.store
        let kept = try await add("kept", "kept", to: temporary)
        let used = try await add("used", "used", to: temporary)
        var lease: PreparedRootfs? = try await store.prepareRootfs(of: used)
        let layer = try #require(lease?.layers[0])
        try store.untag(ImageReference("used"))
        let first = try await store.prune()
        #expect(first.blobs.count == 3)
        #expect(first.layers.isEmpty)
        #expect(try FileTree.text(layer.appending("f")) == "used")
        #expect(try store.images().map(\.id) == [kept.id])
        lease = nil
        #expect(try await store.prune().layers == used.configuration.rootfs.diffIDs)
        #expect(FileTree.status(layer) == nil)
    }

    @Test("a prune of everything spares the images it is told to keep")
    func pruneKeeping() async throws {
        let temporary = try TemporaryStore()
        let kept = try await add("kept", "kept", to: temporary)
        _ = try await add("gone", "gone", to: temporary)
        try await temporary.store.prune(danglingOnly: false, keeping: [kept.digest])
        #expect(try temporary.store.images().map(\.id) == [kept.id])
    }

    @Test("a removed unpacked layer is unpacked again from its blob when it is needed")
    func unpackedAgain() async throws {
        let temporary = try TemporaryStore()
        let image = try await add("one", "content", to: temporary)
        let diffID = image.configuration.rootfs.diffIDs[0]
        try FileTree.remove(temporary.store.paths.layer(diffID).directory)
        let rootfs = try await temporary.store.prepareRootfs(of: image)
        #expect(try FileTree.text(rootfs.layers[0].appending("f")) == "content")
    }

    @Test("a layer from a boot that ended before it was on the disk is not trusted")
    func otherBoot() async throws {
        let temporary = try TemporaryStore()
        let image = try await add("one", "content", to: temporary)
        let layer = temporary.store.paths.layer(image.configuration.rootfs.diffIDs[0])
        var record = try #require(try layer.record())
        record.writtenInBoot = "another boot"
        try layer.write(record)
        try FileTree.write([], to: layer.root.appending("f"))
        let rootfs = try await temporary.store.prepareRootfs(of: image)
        #expect(try FileTree.text(rootfs.layers[0].appending("f")) == "content")
    }

    @Test("what an interrupted import left is gone when the store is opened again")
    func leftovers() async throws {
        let temporary = try TemporaryStore()
        try FileTree.write([1], to: temporary.store.paths.partial.appending("left"))
        let reopened = try ImageStore(root: temporary.store.root)
        #expect(try FileTree.names(reopened.paths.partial).isEmpty)
    }

    @Test("a cancelled import ends promptly and leaves no trace")
    func cancelled() async throws {
        let temporary = try TemporaryStore()
        let before = try temporary.contents()
        let archive = try temporary.write(
            TarBuilder.archive { $0.add(.file, "big", content: [UInt8](repeating: 1, count: 64 << 20)) },
            as: "big.tar"
        )
        let store = temporary.store
        let reference = try ImageReference("big")
        await #expect(throws: CancellationError.self) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                let (started, signal) = AsyncStream.makeStream(of: Void.self)
                group.addTask {
                    try await store.importRootFilesystem(archive: archive, as: reference) { _ in signal.yield() }
                }
                for await _ in started { break }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
        #expect(try temporary.contents() == before)
    }

    @Test("imports at the same time, through two values of one store, all arrive")
    func concurrent() async throws {
        let temporary = try TemporaryStore()
        let stores = [temporary.store, try ImageStore(root: temporary.store.root)]
        let archives = try (0..<8).map { number in
            try temporary.write(TarBuilder.archive { $0.add(file: "f", "\(number / 2)") }, as: "\(number).tar")
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, archive) in archives.enumerated() {
                group.addTask {
                    let name = try ImageReference("image\(number)")
                    try await stores[number % 2].importRootFilesystem(archive: archive, as: name)
                }
            }
            try await group.waitForAll()
        }
        #expect(try temporary.store.images().count == 8)
        #expect(try FileTree.names(temporary.store.paths.unpacked).count == 4)
        #expect(try FileTree.names(temporary.store.paths.partial).isEmpty)
    }

    @Test("a prune at the same time, through another value of the store, never takes what an import adds")
    func pruneDuringImports() async throws {
        let temporary = try TemporaryStore()
        let other = try ImageStore(root: temporary.store.root)
        let archives = try (0..<12).map { number in
            try temporary.write(TarBuilder.archive { $0.add(file: "f", "\(number)") }, as: "\(number).tar")
        }
        let store = temporary.store
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for (number, archive) in archives.enumerated() {
                    let name = try ImageReference("image\(number)")
                    try await store.importRootFilesystem(archive: archive, as: name)
                }
            }
            group.addTask {
                for _ in 0..<40 { try await other.prune() }
            }
            try await group.waitForAll()
        }
        for number in 0..<12 {
            let image = try store.image(ImageReference("image\(number)"))
            let blobs = [image.digest, image.id] + image.manifest.layers.map(\.digest)
            #expect(blobs.allSatisfy { FileTree.status(store.paths.blob($0)) != nil })
            #expect(try FileTree.names(store.paths.layer(image.configuration.rootfs.diffIDs[0]).root) == ["f"])
        }
    }

    @Test("a directory that holds a layout of another version is refused")
    func otherVersion() throws {
        let temporary = try TemporaryStore()
        try FileTree.write(
            Array("{\"imageLayoutVersion\":\"9\"}".utf8),
            to: temporary.store.root.appending("oci-layout")
        )
        let error = #expect(throws: ImageStoreError.self) { try ImageStore(root: temporary.store.root) }
        #expect(error?.code == .invalidStore)
    }

    @Test("a prune asks about each image, and tells the names and images that are gone")
    func pruneWhere() async throws {
        let temporary = try TemporaryStore()
        let archive = try temporary.write(LayoutBuilder.layer, as: "root.tar")
        let store = temporary.store
        var labelled = ImageConfiguration.Defaults()
        labelled.labels = ["stage": "test"]
        let doomed = try await store.importRootFilesystem(
            archive: archive,
            as: ImageReference("doomed"),
            configuration: labelled
        )
        let kept = try await store.importRootFilesystem(archive: archive, as: ImageReference("kept"))
        let removed = try await store.prune { $0.defaults.labels?["stage"] == "test" }
        #expect(removed.references.map(\.familiar) == ["doomed:latest"])
        #expect(removed.images == [doomed.id])
        #expect(removed.blobs.contains(doomed.id))
        #expect(removed.layers.isEmpty)
        #expect(try store.images().map(\.id) == [kept.id])
    }
}
