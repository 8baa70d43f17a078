// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage
import Testing

@testable import ImageStore

@Suite("Saving and loading", .enabled(if: Privileges.isRoot, "\(Privileges.absence)"))
struct SaveAndLoadTests {
    private func store(with layers: [[UInt8]]) async throws -> (TemporaryStore, Image) {
        let temporary = try TemporaryStore()
        var builder = try LayoutBuilder(at: temporary.directory.appending("layout"))
        try builder.addImage(layers: layers, name: "example.com/app:2")
        try builder.finish()
        return (temporary, try await temporary.store.importLayout(builder.directory)[0])
    }

    @Test("a saved image loads with the same digests and names", arguments: [Compression.none, .gzip, .zstd])
    func roundTrip(compression: Compression) async throws {
        let upper = TarBuilder.archive { $0.add(file: "upper", "upper") }
        let (temporary, image) = try await store(with: [LayoutBuilder.layer, upper])
        let archive = temporary.directory.appending("saved.tar")
        try await temporary.store.save([image], to: archive, compression: compression)
        let other = try TemporaryStore()
        let loaded = try await other.store.load(archive)
        #expect(loaded.map(\.digest) == [image.digest])
        #expect(loaded.map(\.reference) == [image.reference])
        let rootfs = try await other.store.prepareRootfs(of: loaded[0])
        #expect(try FileTree.text(rootfs.layers[0].appending("upper")) == "upper")
    }

    @Test("the same image always saves to the same bytes")
    func reproducible() async throws {
        let (temporary, image) = try await store(with: [LayoutBuilder.layer])
        let first = temporary.directory.appending("one.tar")
        let second = temporary.directory.appending("two.tar")
        try await temporary.store.save([image], to: first)
        try await temporary.store.save([image], to: second)
        #expect(try FileTree.read(first) == FileTree.read(second))
    }

    @Test("an archive in Docker's older format loads, with links between its layers")
    func dockerArchive() async throws {
        let temporary = try TemporaryStore()
        let layer = LayoutBuilder.layer
        let diffID = Digest(of: layer)
        let configuration = ImageConfiguration(rootfs: .init(diffIDs: [diffID, diffID]))
        let manifest = """
            [{"Config":"abc.json","RepoTags":["app:1","app:2"],"Layers":["one/layer.tar","two/layer.tar"]}]
            """
        let config = try JSONDocument.encode(configuration)
        let archive = TarBuilder.archive { tar in
            tar.add(.file, "abc.json", content: config)
            tar.add(directory: "one")
            tar.add(.file, "one/layer.tar", content: layer)
            tar.add(directory: "two")
            tar.add(.symbolicLink, "two/layer.tar", link: "../one/layer.tar")
            tar.add(file: "manifest.json", manifest)
        }
        let path = try temporary.write(archive, as: "docker.tar")
        let images = try await temporary.store.load(path)
        #expect(images.map(\.id) == [Digest(of: config)])
        #expect(Set(try temporary.store.images().map { $0.reference?.familiar }) == ["app:1", "app:2"])
        #expect(images[0].configuration.rootfs.diffIDs.count == 2)
        // Both are the same, and overlayfs takes a directory once.
        #expect(try await temporary.store.prepareRootfs(of: images[0]).layers.count == 1)
    }

    @Test("a Docker archive whose files lead out of it is refused", arguments: ["/etc/passwd", "../../../etc/passwd"])
    func hostileDockerArchive(target: String) async throws {
        let temporary = try TemporaryStore()
        let before = try temporary.contents()
        let archive = TarBuilder.archive { tar in
            tar.add(.symbolicLink, "config.json", link: target)
            tar.add(file: "manifest.json", "[{\"Config\":\"config.json\",\"Layers\":[]}]")
        }
        let path = try temporary.write(archive, as: "docker.tar")
        let error = await #expect(throws: ImageStoreError.self) { try await temporary.store.load(path) }
        #expect(error?.code == .invalidContent)
        #expect(try temporary.contents() == before)
    }

    @Test("an archive that is neither is refused")
    func neither() async throws {
        let temporary = try TemporaryStore()
        let path = try temporary.write(LayoutBuilder.layer, as: "other.tar")
        let error = await #expect(throws: ImageStoreError.self) { try await temporary.store.load(path) }
        #expect(error?.code == .invalidContent)
    }

    @Test("an image goes through a pipe, out of one store and into another")
    func pipe() async throws {
        let temporary = try TemporaryStore()
        let archive = try temporary.write(LayoutBuilder.layer, as: "root.tar")
        let image = try await temporary.store.importRootFilesystem(archive: archive, as: ImageReference("app:1"))
        let other = try TemporaryStore()
        let target = other.store
        let (readEnd, writeEnd) = try FileDescriptor.pipe()
        async let loaded = target.load(from: readEnd)
        try await temporary.store.save([image], into: writeEnd)
        try writeEnd.close()
        #expect(try await loaded.map(\.id) == [image.id])
        try readEnd.close()
        #expect(try FileTree.names(target.paths.partial).isEmpty)
    }

    @Test("a reader that leaves makes the saving fail, and nothing worse")
    func brokenPipe() async throws {
        let temporary = try TemporaryStore()
        let archive = try temporary.write(LayoutBuilder.layer, as: "root.tar")
        let image = try await temporary.store.importRootFilesystem(archive: archive, as: ImageReference("app:1"))
        let (readEnd, writeEnd) = try FileDescriptor.pipe()
        try readEnd.close()
        let error = await #expect(throws: ImageStoreError.self) {
            try await temporary.store.save([image], into: writeEnd)
        }
        #expect(error?.code == .system)
        try writeEnd.close()
    }

    @Test("a root filesystem that comes through a pipe is the image that its file would be")
    func importPipe() async throws {
        let temporary = try TemporaryStore()
        let store = temporary.store
        let (readEnd, writeEnd) = try FileDescriptor.pipe()
        async let imported = store.importRootFilesystem(
            from: readEnd,
            as: nil,
            created: "2026-01-01T00:00:00Z",
            comment: "by hand"
        )
        _ = try writeEnd.closeAfter { try writeEnd.writeAll(LayoutBuilder.layer) }
        let image = try await imported
        try readEnd.close()
        #expect(image.reference == nil)
        #expect(image.configuration.history?.map(\.comment) == ["by hand"])
        let file = try temporary.write(LayoutBuilder.layer, as: "root.tar")
        let same = try await temporary.store.importRootFilesystem(
            archive: file,
            as: ImageReference("same"),
            created: "2026-01-01T00:00:00Z",
            comment: "by hand"
        )
        #expect(same.id == image.id)
    }
}
