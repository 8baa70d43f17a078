// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import ImageStore

@Suite("Writing layers", .enabled(if: Privileges.isRoot, "\(Privileges.absence)"))
struct LayerWritingTests {
    /// Runs commands in a real overlay over a directory with some files, and gives its upper directory.
    private func upperDirectory(in temporary: TemporaryStore, _ commands: String) throws -> FilePath {
        let folder = temporary.directory
        try Shell.run(
            """
            cd '\(folder)' && mkdir -p lower/etc lower/opaque upper work merged && echo old > lower/etc/old && \
            echo same > lower/etc/same && echo hidden > lower/opaque/hidden && unshare -m sh -ec '
              mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work merged
              cd merged
              \(commands)
            '
            """
        )
        return folder.appending("upper")
    }

    private static let changes = """
        rm etc/old; echo new > etc/new; ln etc/new etc/linked; ln -s /absolute etc/symbolic
        rm -r opaque; mkdir opaque; echo shown > opaque/shown; mkfifo fifo; mknod null c 1 3
        chown 12:34 etc/new; chmod 4711 etc/new; touch -d @1000000000 etc/new opaque
        """

    @Test("what a container changed becomes a layer that says the same", arguments: [Compression.none, .gzip, .zstd])
    func roundTrip(compression: Compression) async throws {
        let temporary = try TemporaryStore()
        let upper = try upperDirectory(in: temporary, Self.changes)
        let session = try await temporary.store.beginIngest()
        let (layer, diffID) = try await session.writeLayer(of: upper, compression: compression)
        #expect((layer.digest == diffID) == (compression == .none))
        try await session.unpack(session.path(of: layer.digest), of: layer, expecting: diffID)
        try session.commit()
        let root = temporary.store.paths.layer(diffID).root
        #expect(try FileTree.list(root) == FileTree.list(upper))
        let gone = try #require(FileTree.status(root.appending("etc/old")))
        #expect(gone.st_mode & S_IFMT == S_IFCHR && gone.st_rdev == 0)
        #expect(Attributes.get("trusted.overlay.opaque", of: root.appending("opaque")) == Array("y".utf8))
        let new = try #require(FileTree.status(root.appending("etc/new")))
        #expect(new.st_mode == S_IFREG | 0o4711)
        #expect([new.st_uid, new.st_gid] == [12, 34])
        #expect(new.st_nlink == 2)
        #expect(new.st_mtim.tv_sec == 1_000_000_000)
        #expect(FileTree.status(root.appending("opaque"))?.st_mtim.tv_sec == 1_000_000_000)
        let null = try #require(FileTree.status(root.appending("null")))
        #expect(null.st_rdev == 1 << 8 | 3)
    }

    @Test("the same directory always gives the same layer, and no time later than asked for")
    func reproducible() async throws {
        let temporary = try TemporaryStore()
        let upper = try upperDirectory(in: temporary, "echo one > one; echo two > two; mkdir three")
        let session = try await temporary.store.beginIngest()
        let first = try await session.writeLayer(of: upper, compression: .gzip, latest: 1_000)
        try Shell.run("touch '\(upper)'/*")
        let second = try await session.writeLayer(of: upper, compression: .gzip, latest: 1_000)
        #expect(first.layer == second.layer)
        #expect(first.diffID == second.diffID)
    }

    @Test("an upper directory that is adopted is the layer, without unpacking it")
    func adopted() async throws {
        let temporary = try TemporaryStore()
        let store = temporary.store
        let upper = try upperDirectory(in: temporary, Self.changes)
        let session = try await store.beginIngest()
        let (layer, diffID) = try await session.writeLayer(of: upper)
        let inode = try #require(FileTree.status(upper.appending("etc/new"))).st_ino
        try session.adopt(upper: upper, as: diffID)
        let configuration = ImageConfiguration(rootfs: .init(diffIDs: [diffID]))
        let target = try session.addImage(configuration, layers: [layer])
        let image = try session.commit {
            try store.listCommitted(target, as: ImageReference("built:1"), platform: nil)
        }
        let rootfs = try await store.prepareRootfs(of: image)
        #expect(FileTree.status(rootfs.layers[0].appending("etc/new"))?.st_ino == inode)
    }

    @Test("an exported root filesystem imports to the same files")
    func export() async throws {
        let temporary = try TemporaryStore()
        let root = try await temporary.unpack(
            TarBuilder.archive { tar in
                tar.add(directory: "etc", mode: 0o700)
                tar.add(file: "etc/name", "content", mode: 0o640)
                tar.add(.symbolicLink, "link", link: "etc/name")
                tar.add(.file, "x", pax: [("path", [0x63, 0x61, 0x66, 0xE9]), ("SCHILY.xattr.user.a", [1, 0, 2])])
            }
        )
        let archive = temporary.directory.appending("exported.tar.zst")
        try await ImageStore.exportRootFilesystem(root, to: archive, compression: .zstd)
        let image = try await temporary.store.importRootFilesystem(archive: archive, as: ImageReference("again"))
        let again = try await temporary.store.prepareRootfs(of: image).layers[0]
        #expect(Set(try FileTree.rawNames(again)) == Set(try FileTree.rawNames(root)))
        #expect(FileTree.status(again.appending("etc"))?.st_mode == S_IFDIR | 0o700)
        #expect(try FileTree.text(again.appending("etc/name")) == "content")
        #expect(FileTree.status(again.appending("etc/name"))?.st_mode == S_IFREG | 0o640)
    }

    @Test("progress reads as a sequence that ends with the work")
    func progressSequence() async throws {
        let temporary = try TemporaryStore()
        let archive = try temporary.write(RootFilesystemImportTests.archive, as: "root.tar")
        let stream = ImageProgressStream()
        let store = temporary.store
        let reference = try ImageReference("p")
        async let image = stream.finishing {
            try await store.importRootFilesystem(archive: archive, as: reference, progress: stream.handler)
        }
        var last: ImageProgress?
        for await progress in stream { last = progress }
        #expect(try await image.reference == reference.taggedByDefault)
        #expect(last?.completed == last?.total)
    }
}
