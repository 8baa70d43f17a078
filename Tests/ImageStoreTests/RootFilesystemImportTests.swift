// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Synchronization
import SystemPackage
import Testing

@testable import ImageStore

@Suite("Importing a root filesystem", .enabled(if: Privileges.isRoot, "\(Privileges.absence)"))
struct RootFilesystemImportTests {
    static let archive = TarBuilder.archive { tar in
        tar.add(directory: "./")
        tar.add(directory: "./etc/")
        tar.add(file: "./etc/hostname", "nest\n")
        tar.add(.file, "./big", content: [UInt8](repeating: 7, count: 3 << 20))
    }

    @Test("an imported archive is an image that can be found, read and mounted")
    func importArchive() async throws {
        let temporary = try TemporaryStore()
        let path = try temporary.write(Self.archive, as: "root.tar")
        var defaults = ImageConfiguration.Defaults()
        defaults.command = ["/bin/sh"]
        defaults.exposedPorts = ["80/tcp"]
        let image = try await temporary.store.importRootFilesystem(
            archive: path,
            as: ImageReference("debian"),
            configuration: defaults
        )
        #expect(image.reference?.description == "docker.io/library/debian:latest")
        #expect(try temporary.store.image("debian").defaults == defaults)
        #expect(try temporary.store.image(String(image.id.hex.prefix(6))).id == image.id)
        let rootfs = try await temporary.store.prepareRootfs(of: image)
        #expect(rootfs.layers.count == 1)
        #expect(try FileTree.text(rootfs.layers[0].appending("etc/hostname")) == "nest\n")
    }

    @Test("a compressed archive gives the same layer as the plain one", arguments: ["gzip", "zstd", "xz", "bzip2"])
    func compressed(tool: String) async throws {
        let temporary = try TemporaryStore()
        let plain = try temporary.write(Self.archive, as: "root.tar")
        let packed = temporary.directory.appending("root.packed")
        try Shell.run("\(tool) -c '\(plain)' > '\(packed)'")
        let one = try await temporary.store.importRootFilesystem(archive: plain, as: ImageReference("one"))
        let two = try await temporary.store.importRootFilesystem(archive: packed, as: ImageReference("two"))
        #expect(one.configuration.rootfs == two.configuration.rootfs)
        #expect(try FileTree.names(temporary.store.paths.unpacked).count == 1)
    }

    @Test("the same archive with the same time gives the same image")
    func reproducible() async throws {
        let first = try TemporaryStore()
        let second = try TemporaryStore()
        var digests: Set<Digest> = []
        for temporary in [first, second] {
            let path = try temporary.write(Self.archive, as: "root.tar")
            let image = try await temporary.store.importRootFilesystem(
                archive: path,
                as: ImageReference("same"),
                platform: Platform("linux/amd64"),
                created: "2026-01-01T00:00:00Z"
            )
            digests.insert(image.digest)
        }
        #expect(digests.count == 1)
    }

    @Test("progress ends at the archive's size")
    func progress() async throws {
        let temporary = try TemporaryStore()
        let path = try temporary.write(Self.archive, as: "root.tar")
        let last = Mutex<ImageProgress?>(nil)
        try await temporary.store.importRootFilesystem(archive: path, as: ImageReference("p")) { progress in
            last.withLock { $0 = progress }
        }
        let size = Int64(Self.archive.count)
        #expect(last.withLock { $0 } == ImageProgress(item: "root.tar", completed: size, total: size))
    }

    @Test("a name moves to the newest image, and the older one stays without it")
    func nameMoves() async throws {
        let temporary = try TemporaryStore()
        let path = try temporary.write(Self.archive, as: "root.tar")
        let reference = try ImageReference("app:1")
        let old = try await temporary.store.importRootFilesystem(
            archive: path,
            as: reference,
            created: "2026-01-01T00:00:00Z"
        )
        let new = try await temporary.store.importRootFilesystem(
            archive: path,
            as: reference,
            created: "2026-01-02T00:00:00Z"
        )
        #expect(try temporary.store.image(reference).digest == new.digest)
        let listed = try temporary.store.images()
        #expect(listed.map(\.digest) == [old.digest, new.digest])
        #expect(listed.map(\.reference) == [nil, reference])
    }

    @Test("a missing or empty archive is refused and leaves no trace", arguments: ["missing", "empty", "text", "cut"])
    func unusable(kind: String) async throws {
        let temporary = try TemporaryStore()
        let before = try temporary.contents()
        let bytes: [UInt8] =
            switch kind {
            case "text": Array("this is no archive\n".utf8)
            case "cut": Array(Self.archive.dropLast(1_024))
            default: []
            }
        if kind != "missing" { _ = try temporary.write(bytes, as: "root.tar") }
        let path = temporary.directory.appending("root.tar")
        let error = await #expect(throws: ImageStoreError.self) {
            try await temporary.store.importRootFilesystem(archive: path, as: ImageReference("x"))
        }
        #expect(error?.code == (kind == "missing" ? .system : .invalidArchive))
        #expect(try temporary.contents() == before)
    }
}
