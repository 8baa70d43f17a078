// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Synchronization
import SystemPackage
import Testing
import VolumeStore

@Suite("Exporting and importing archives")
struct VolumeArchiveTests {
    private func makeVolume(_ name: String, _ test: TemporaryStore) async throws -> Volume {
        let volume = try await test.store.create(VolumeRequest(name: name))
        #expect(rmdir(volume.mountpoint.string) == 0)
        try TreeFixture.make(volume.mountpoint)
        try FileTree.write("ü", to: volume.mountpoint.appending("größe-日本"))
        try FileTree.make(volume.mountpoint.appending("read-only"), mode: 0o555)
        try FileTree.write("long", to: volume.mountpoint.appending(String(repeating: "n", count: 200)))
        return volume
    }

    private func export(
        _ name: String,
        _ test: TemporaryStore,
        _ compression: ArchiveCompression = .none
    ) async throws -> (path: FilePath, summary: ArchiveSummary) {
        let path = test.directory.appending("\(name).tar")
        var options = ExportOptions()
        options.compression = compression
        let file = try FileDescriptor.open(
            path,
            .writeOnly,
            options: [.create, .truncate],
            permissions: .init(rawValue: 0o600)
        )
        defer { try? file.close() }
        return (path, try await test.store.exportArchive(name, to: file, options: options))
    }

    private func importArchive(
        _ path: FilePath,
        into name: String,
        _ test: TemporaryStore,
        _ options: ImportOptions = .init()
    ) async throws -> ArchiveSummary {
        let file = try FileDescriptor.open(path, .readOnly)
        defer { try? file.close() }
        return try await test.store.importArchive(name, from: file, options: options)
    }

    @Test(
        "what is exported comes back the same, compressed or not",
        arguments: [ArchiveCompression.none, .gzip, .zstd]
    )
    func roundTrip(compression: ArchiveCompression) async throws {
        try await TemporaryStore.with { test in
            let source = try await makeVolume("source", test)
            let (path, written) = try await export("source", test, compression)
            let sum = try FileTree.run("/usr/bin/sha256sum", path.string).prefix(64)
            #expect(written.digest == "sha256:\(sum)")
            #expect(try Int64(FileTree.status(path).st_size) == written.archiveBytes)
            #expect(written.skipped.isEmpty)

            let target = try await test.store.create(VolumeRequest(name: "target"))
            var options = ImportOptions()
            options.expectedDigest = written.digest
            let read = try await importArchive(path, into: "target", test, options)
            #expect(read == written)
            try TreeFixture.expectSame(target.mountpoint, as: TreeFixture.describe(source.mountpoint))
        }
    }

    @Test("an export and an import say how far they have come")
    func progress() async throws {
        try await TemporaryStore.with { test in
            _ = try await makeVolume("source", test)
            let told = Mutex<[ArchiveProgress]>([])
            var exporting = ExportOptions()
            exporting.progress = { step in told.withLock { $0.append(step) } }
            let path = test.directory.appending("archive.tar")
            let file = try FileDescriptor.open(
                path,
                .readWrite,
                options: [.create, .truncate],
                permissions: .init(rawValue: 0o600)
            )
            defer { try? file.close() }
            let written = try await test.store.exportArchive("source", to: file, options: exporting)
            let exported = told.withLock { $0 }
            #expect(!exported.isEmpty && exported.allSatisfy { $0.entries <= written.entries })
            #expect(exported.map(\.archiveBytes) == exported.map(\.archiveBytes).sorted())

            try file.seek(offset: 0, from: .start)
            told.withLock { $0 = [] }
            var importing = ImportOptions()
            importing.progress = exporting.progress
            try await test.store.create(VolumeRequest(name: "target"))
            let read = try await test.store.importArchive("target", from: file, options: importing)
            let imported = told.withLock { $0 }
            #expect(!imported.isEmpty && imported.allSatisfy { $0.archiveBytes <= read.archiveBytes })
        }
    }

    @Test("the same content makes the same archive")
    func reproducible() async throws {
        try await TemporaryStore.with { test in
            _ = try await makeVolume("source", test)
            let first = try await export("source", test).summary
            try await test.store.snapshot("source", as: "now")
            #expect(try await export("source", test).summary.digest == first.digest)
        }
    }

    @Test("tar reads what is exported, and what tar writes is imported")
    func tar() async throws {
        try await TemporaryStore.with { test in
            let source = try await makeVolume("source", test)
            let (path, _) = try await export("source", test)
            let unpacked = test.directory.appending("unpacked")
            try FileTree.make(unpacked)
            let attributes = "--xattrs-include=*"
            try FileTree.run("/bin/tar", "-C", unpacked.string, "-xpf", path.string, "--xattrs", attributes)
            let original = try TreeFixture.describe(source.mountpoint)
            try TreeFixture.expectSame(unpacked, as: original)

            let packed = test.directory.appending("packed.tar")
            try FileTree.run(
                "/bin/tar",
                "-C",
                unpacked.string,
                "--format=pax",
                "--sparse",
                "--xattrs",
                attributes,
                "-cf",
                packed.string,
                "."
            )
            let target = try await test.store.create(VolumeRequest(name: "target"))
            _ = try await importArchive(packed, into: "target", test)
            try TreeFixture.expectSame(target.mountpoint, as: original)
        }
    }

    @Test("an import into a volume that holds data is refused, unless it shall replace it")
    func notEmpty() async throws {
        try await TemporaryStore.with { test in
            let source = try await makeVolume("source", test)
            let (path, _) = try await export("source", test)
            let target = try await test.store.create(VolumeRequest(name: "target"))
            try FileTree.write("mine", to: target.mountpoint.appending("mine"))
            await expectFailure(.notEmpty) { _ = try await importArchive(path, into: "target", test) }
            #expect(FileTree.names(in: target.mountpoint) == ["mine"])
            var options = ImportOptions()
            options.replacesContent = true
            _ = try await importArchive(path, into: "target", test, options)
            try TreeFixture.expectSame(target.mountpoint, as: TreeFixture.describe(source.mountpoint))
        }
    }

    @Test("a mounted volume takes no import")
    func inUse() async throws {
        try await TemporaryStore.with { test in
            _ = try await makeVolume("source", test)
            let (path, _) = try await export("source", test)
            try await test.store.create(VolumeRequest(name: "target"))
            _ = try await test.store.mount("target", owner: .test())
            await expectFailure(.inUse) { _ = try await importArchive(path, into: "target", test) }
        }
    }

    /// Each makes an archive that tries to write outside, or is broken.
    static let hostile = [
        "parent": "add('../escape', b'x')",
        "parent inside": "add('a/../../escape', b'x')",
        "through a link": "link('door', '..'); add('door/escape', b'x')",
        "through an absolute link": "link('door', os.path.dirname(sys.argv[1])); add('door/escape', b'x')",
        "through a replaced directory": "dir('d'); link('d', '..'); add('d/escape', b'x')",
        "hard link to outside": "hard('stolen', '../outside')",
        "hard link by an absolute path": "hard('stolen', os.path.dirname(sys.argv[1]) + '/outside')",
        "hard link through a link": "link('door', '..'); hard('stolen', 'door/outside')",
        "cut off": "add('big', b'x' * 100000); cut = 50000",
        "no archive": "raw = b'this is not a tar archive' * 1000",
    ]

    @Test("a hostile or broken archive changes nothing, inside or outside", arguments: hostile.keys.sorted())
    func hostileArchive(name: String) async throws {
        try await TemporaryStore.with { test in
            try FileTree.write("outside", to: test.directory.appending("outside"))
            let path = test.directory.appending("hostile.tar")
            try FileTree.run("/usr/bin/python3", "-c", Self.forge + (Self.hostile[name] ?? "") + Self.save, path.string)
            let target = try await test.store.create(VolumeRequest(name: "target"))
            await expectFailure(.invalidArchive) { _ = try await importArchive(path, into: "target", test) }
            #expect(FileTree.names(in: target.mountpoint).isEmpty)
            #expect(FileTree.names(in: target.mountpoint.removingLastComponent().appending("scratch")).isEmpty)
            #expect(FileTree.names(in: test.directory) == ["hostile.tar", "outside", "store"])
            #expect(try FileTree.read(test.directory.appending("outside")) == "outside")
        }
    }

    private static let forge = """
        import io, os, sys, tarfile
        cut = raw = None
        body = io.BytesIO()
        tar = tarfile.open(fileobj=body, mode='w')
        def put(name, kind, target='', data=b''):
            i = tarfile.TarInfo(name); i.type = kind; i.linkname = target; i.size = len(data); i.mode = 0o755
            tar.addfile(i, io.BytesIO(data))
        def add(name, data): put(name, tarfile.REGTYPE, data=data)
        def link(name, target): put(name, tarfile.SYMTYPE, target)
        def hard(name, target): put(name, tarfile.LNKTYPE, target)
        def dir(name): put(name, tarfile.DIRTYPE)

        """

    private static let save = """

        tar.close()
        open(sys.argv[1], 'wb').write(raw or body.getvalue()[:cut])
        """

    @Test("an absolute path in an archive means a path in the volume")
    func absolute() async throws {
        try await TemporaryStore.with { test in
            let path = test.directory.appending("absolute.tar")
            let body = "add('/etc/escape', b'x'); add('late', b'1'); add('late', b'2')"
            try FileTree.run("/usr/bin/python3", "-c", Self.forge + body + Self.save, path.string)
            let target = try await test.store.create(VolumeRequest(name: "target"))
            _ = try await importArchive(path, into: "target", test)
            #expect(try FileTree.read(target.mountpoint.appending("etc/escape")) == "x")
            #expect(try FileTree.read(target.mountpoint.appending("late")) == "2")
            #expect(!FileTree.exists("/etc/escape"))
        }
    }

    @Test("an archive with another digest than expected changes nothing")
    func wrongDigest() async throws {
        try await TemporaryStore.with { test in
            _ = try await makeVolume("source", test)
            let (path, _) = try await export("source", test)
            let target = try await test.store.create(VolumeRequest(name: "target"))
            var options = ImportOptions()
            options.expectedDigest = "sha256:" + String(repeating: "0", count: 64)
            await expectFailure(.invalidArchive) { _ = try await importArchive(path, into: "target", test, options) }
            #expect(FileTree.names(in: target.mountpoint).isEmpty)
        }
    }

    @Test("a reader that leaves makes the export fail, and nothing worse")
    func brokenPipe() async throws {
        try await TemporaryStore.with { test in
            _ = try await makeVolume("source", test)
            let (reading, writing) = try FileDescriptor.pipe()
            try reading.close()
            let error = await expectFailure(.inputOutput) {
                try await test.store.exportArchive("source", to: writing)
            }
            #expect(error?.cause?.errno == .brokenPipe)
            try writing.close()
            try await test.store.remove("source")
        }
    }

    @Test("a socket is left out of an archive and named")
    func socket() async throws {
        try await TemporaryStore.with { test in
            let source = try await test.store.create(VolumeRequest(name: "source"))
            let mode = S_IFSOCK | 0o600
            #expect(mknod(source.mountpoint.appending("socket").string, mode, 0) == 0)
            #expect(try await export("source", test).summary.skipped == ["./socket"])
        }
    }
}
