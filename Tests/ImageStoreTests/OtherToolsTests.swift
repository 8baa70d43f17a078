// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage
import Testing

@testable import ImageStore

@Suite("Other tools", .enabled(if: Privileges.isRoot, "\(Privileges.absence)"))
struct OtherToolsTests {
    private func storeWithImage() async throws -> (TemporaryStore, Image) {
        let temporary = try TemporaryStore()
        let archive = try temporary.write(LayoutBuilder.layer, as: "root.tar")
        let image = try await temporary.store.importRootFilesystem(archive: archive, as: ImageReference("app:1"))
        return (temporary, image)
    }

    @Test("skopeo reads the store as it is, and writes into it", .enabled(if: Shell.has("skopeo"), "needs skopeo"))
    func skopeo() async throws {
        let (temporary, image) = try await storeWithImage()
        let copy = temporary.directory.appending("copy")
        let name = try #require(image.reference?.description)
        try Shell.run("skopeo --insecure-policy copy -q 'oci:\(temporary.store.root):\(name)' 'oci:\(copy):\(name)'")
        let other = try TemporaryStore()
        #expect(try await other.store.importLayout(copy).map(\.id) == [image.id])
        try Shell.run("skopeo --insecure-policy copy -q 'oci:\(copy):\(name)' 'oci:\(temporary.store.root):written:3'")
        let written = try temporary.store.image("written:3")
        #expect(try await FileTree.names(temporary.store.prepareRootfs(of: written).layers[0]) == ["etc"])
    }

    @Test("skopeo reads a saved archive both ways", .enabled(if: Shell.has("skopeo"), "needs skopeo"))
    func skopeoArchives() async throws {
        let (temporary, image) = try await storeWithImage()
        let archive = temporary.directory.appending("saved.tar")
        try await temporary.store.save([image], to: archive)
        for (kind, name) in [("oci-archive", "docker.io/library/app:1"), ("docker-archive", "app:1")] {
            let copy = temporary.directory.appending(kind)
            try Shell.run("skopeo --insecure-policy copy -q '\(kind):\(archive):\(name)' 'oci:\(copy):x'")
            let other = try TemporaryStore()
            #expect(
                try await other.store.importLayout(copy).map(\.configuration.rootfs) == [image.configuration.rootfs]
            )
        }
    }

    @Test("an archive that skopeo writes for Docker loads", .enabled(if: Shell.has("skopeo"), "needs skopeo"))
    func dockerArchiveOfSkopeo() async throws {
        let (temporary, image) = try await storeWithImage()
        let archive = temporary.directory.appending("docker.tar")
        let name = try #require(image.reference?.description)
        try Shell.run(
            "skopeo --insecure-policy copy -q 'oci:\(temporary.store.root):\(name)' 'docker-archive:\(archive):app:1'"
        )
        let other = try TemporaryStore()
        let loaded = try await other.store.load(archive)
        #expect(loaded.map(\.id) == [image.id])
        #expect(loaded.map { $0.reference?.familiar } == ["app:1"])
    }

    @Test("umoci unpacks an image of the store", .enabled(if: Shell.has("umoci"), "needs umoci"))
    func umoci() async throws {
        let (temporary, image) = try await storeWithImage()
        let name = try #require(image.reference?.description)
        let bundle = temporary.directory.appending("bundle")
        try Shell.run("umoci unpack --image '\(temporary.store.root):\(name)' '\(bundle)' >/dev/null 2>&1")
        #expect(try FileTree.text(bundle.appending("rootfs/etc/os-release")) == "ID=test\n")
    }

    @Test(
        "an image that umoci made comes in with its layers, though their archives lack an end",
        .enabled(if: Shell.has("umoci"), "needs umoci")
    )
    func umociLayout() async throws {
        let temporary = try TemporaryStore()
        let layout = temporary.directory.appending("layout")
        _ = try temporary.write(Array("content".utf8), as: "file")
        try Shell.run(
            """
            cd '\(temporary.directory)' && umoci init --layout layout && umoci new --image layout:x && \
            umoci insert --image layout:x file /first && umoci insert --image layout:x file /second
            """
        )
        let images = try await temporary.store.importLayout(layout, as: ImageReference("made"))
        let rootfs = try await temporary.store.prepareRootfs(of: images[0])
        #expect(try rootfs.layers.map { try FileTree.names($0) } == [["second"], ["first"]])
        #expect(try FileTree.text(rootfs.layers[0].appending("second")) == "content")
    }

    @Test("podman takes an image from the store as it is", .enabled(if: Shell.has("podman"), "needs podman"))
    func podman() async throws {
        let (temporary, image) = try await storeWithImage()
        let name = try #require(image.reference?.description)
        // Podman takes no long path here.
        let runtime = "/tmp/nestbox-\(UInt32.random(in: .min ... .max))"
        defer { try? Shell.run("rm -rf '\(runtime)'") }
        let podman = "podman --root '\(temporary.directory)/podman' --runroot '\(runtime)' --storage-driver vfs"
        let output = temporary.directory.appending("id")
        try Shell.run("\(podman) pull -q 'oci:\(temporary.store.root):\(name)' > '\(output)'")
        #expect(try FileTree.text(output).contains(image.id.hex))
    }
}
