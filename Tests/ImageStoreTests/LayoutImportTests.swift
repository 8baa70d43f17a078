// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import ImageStore

@Suite("Importing OCI layouts", .enabled(if: Privileges.isRoot, "\(Privileges.absence)"))
struct LayoutImportTests {
    @Test("a layout's images come with their names and all their layers, topmost first")
    func layout() async throws {
        let temporary = try TemporaryStore()
        var builder = try LayoutBuilder(at: temporary.directory.appending("layout"))
        let upper = TarBuilder.archive { $0.add(file: "upper", "upper") }
        try builder.addImage(layers: [LayoutBuilder.layer, upper], name: "example.com/app:2")
        try builder.finish()
        let images = try await temporary.store.importLayout(builder.directory)
        #expect(images.map { $0.reference?.description } == ["example.com/app:2"])
        let rootfs = try await temporary.store.prepareRootfs(of: images[0])
        #expect(try rootfs.layers.map { try FileTree.names($0) } == [["upper"], ["etc"]])
    }

    @Test("an archive of a layout gives the same image as the directory", arguments: ["", "z"])
    func archive(compressed: String) async throws {
        let temporary = try TemporaryStore()
        var builder = try LayoutBuilder(at: temporary.directory.appending("layout"))
        let manifest = try builder.addImage(layers: [LayoutBuilder.layer])
        try builder.finish()
        let archive = temporary.directory.appending("layout.tar")
        try Shell.run("tar -c\(compressed)f '\(archive)' -C '\(builder.directory)' .")
        let images = try await temporary.store.importLayout(archive, as: ImageReference("app"))
        #expect(images.map(\.digest) == [manifest.digest])
        #expect(try temporary.store.image("app").manifestDescriptor.digest == manifest.digest)
    }

    @Test(
        "of an image for several platforms, the wanted one is unpacked and the others are kept as far as they are there"
    )
    func platforms() async throws {
        let temporary = try TemporaryStore()
        var builder = try LayoutBuilder(at: temporary.directory.appending("layout"))
        let arm = TarBuilder.archive { $0.add(file: "arm", "arm") }
        let one = try builder.addImage(layers: [LayoutBuilder.layer], platform: Platform("linux/amd64"), listed: false)
        let two = try builder.addImage(layers: [arm], platform: Platform("linux/arm64"), listed: false)
        let missing = Descriptor(
            mediaType: .manifest,
            digest: Digest(of: [1, 2, 3]),
            size: 3,
            platform: try Platform("linux/s390x")
        )
        builder.index.manifests = [try builder.add(Index(manifests: [missing, one, two]), as: .index)]
        try builder.finish()
        let store = temporary.store
        let reference = try ImageReference("multi")
        let amd64 = try Platform("linux/amd64")
        try await store.importLayout(builder.directory, as: reference, platform: amd64)
        #expect(try store.image(reference, platform: amd64).manifestDescriptor.digest == one.digest)
        #expect(try FileTree.names(store.paths.unpacked).count == 1)
        let image = try store.image(reference, platform: Platform("linux/arm64/v8"))
        #expect(try await FileTree.names(store.prepareRootfs(of: image).layers[0]) == ["arm"])
        let error = #expect(throws: ImageStoreError.self) {
            try store.image(reference, platform: Platform("linux/riscv64"))
        }
        #expect(error?.code == .noMatchingPlatform)
    }

    /// What is wrong with a layout, and the code it is refused with.
    enum Fault: String, CaseIterable {
        case noLayoutFile, newerVersion, noIndex, nothingListed
        case wrongLayer, wrongSize, missingLayer, wrongDiffID, missingDiffID, wrongConfig, missingConfig
        case wrongType, bothShapes, oldSchema, notAnImage, endlessIndexes, brokenJSON, climbingLayer

        var code: ImageStoreError.Code {
            switch self {
            case .newerVersion: .invalidStore
            case .wrongLayer, .wrongSize, .wrongDiffID, .wrongConfig: .digestMismatch
            case .missingLayer, .missingConfig: .contentNotFound
            case .climbingLayer: .hostileArchive
            default: .invalidContent
            }
        }
    }

    @Test("a layout that is not whole or lies is refused and leaves no trace", arguments: Fault.allCases)
    func refused(fault: Fault) async throws {
        let temporary = try TemporaryStore()
        let before = try temporary.contents()
        var builder = try LayoutBuilder(at: temporary.directory.appending("layout"))
        try build(fault, &builder)
        let error = await #expect(throws: ImageStoreError.self) {
            try await temporary.store.importLayout(builder.directory)
        }
        #expect(error?.code == fault.code, "\(error.map(String.init(describing:)) ?? "")")
        #expect(try temporary.contents() == before)
        #expect(try temporary.store.images().isEmpty)
    }

    private func build(_ fault: Fault, _ builder: inout LayoutBuilder) throws {
        let layer = LayoutBuilder.layer
        let other = Digest(of: [9])
        let manifest = try builder.addImage(
            layers: fault == .climbingLayer ? [TarBuilder.archive { $0.add(file: "../x", "x") }] : [layer],
            diffIDs: fault == .wrongDiffID ? [other] : fault == .missingDiffID ? [] : nil
        )
        let blobs = builder.directory.appending("blobs/sha256")
        let configDigest = try JSONDocument.decode(
            Manifest.self,
            from: FileTree.read(blobs.appending(manifest.digest.hex)),
            what: "test"
        ).config.digest
        switch fault {
        case .noLayoutFile: unlink(builder.directory.appending("oci-layout").string)
        case .newerVersion:
            try FileTree.write(
                Array("{\"imageLayoutVersion\":\"2.0.0\"}".utf8),
                to: builder.directory.appending("oci-layout")
            )
        case .noIndex: return
        case .nothingListed: builder.index.manifests = []
        case .wrongLayer: try builder.add(Array(layer.reversed()), as: .layer, digest: Digest(of: layer))
        case .wrongSize: builder.index.manifests[0].size += 1
        case .missingLayer: unlink(blobs.appending(Digest(of: layer).hex).string)
        case .wrongConfig: try builder.add(Array("{}".utf8), as: .config, digest: configDigest)
        case .missingConfig: unlink(blobs.appending(configDigest.hex).string)
        case .wrongType: builder.index.manifests[0].mediaType = .dockerManifest
        case .bothShapes: builder.index.manifests = [try builder.add(Array(Self.bothShapes.utf8), as: .index)]
        case .oldSchema: builder.index.manifests = [try builder.add(Array("{\"schemaVersion\":1}".utf8), as: .manifest)]
        case .notAnImage:
            let config = try builder.add(Array("{}".utf8), as: MediaType(rawValue: "application/vnd.oci.empty.v1+json"))
            builder.index.manifests = [try builder.add(Manifest(config: config, layers: []), as: .manifest)]
        case .endlessIndexes:
            for _ in 0..<10 { builder.index.manifests = [try builder.add(builder.index, as: .index)] }
        case .brokenJSON: builder.index.manifests = [try builder.add(Array("{".utf8), as: .manifest)]
        case .wrongDiffID, .missingDiffID, .climbingLayer: break
        }
        try builder.finish()
    }

    private static let bothShapes = """
        {"schemaVersion":2,"manifests":[],"layers":[],
        "config":{"mediaType":"x","digest":"sha256:\(String(repeating: "0", count: 64))","size":1}}
        """
}
