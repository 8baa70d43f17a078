// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing
import VolumeStore

@Suite("Disks that are full or can't be written", .serialized)
struct FullDiskTests {
    /// Runs `body` with a small filesystem of its own.
    private func withSmallDisk(_ body: (FilePath) async throws -> Void) async throws {
        try await FileTree.withTemporaryDirectory { directory in
            let disk = directory.appending("disk")
            try FileTree.make(disk)
            guard mount("tmpfs", disk.string, "tmpfs", 0, "size=4m") == 0 else { throw Errno(rawValue: errno) }
            defer { umount2(disk.string, 2) }
            try await body(disk)
        }
    }

    /// Takes all the space that is left.
    private func fill(_ path: FilePath) throws {
        let file = try FileDescriptor.open(
            path,
            .writeOnly,
            options: [.create, .truncate],
            permissions: .init(rawValue: 0o600)
        )
        defer { try? file.close() }
        for size in [65536, 4096, 1] {
            let block = [UInt8](repeating: 1, count: size)
            while (try? file.writeAll(block)) != nil {}
        }
    }

    @Test("on a full disk nothing is created, nothing is lost, and all goes on when there is room again", .needsRoot)
    func fullDisk() async throws {
        try await withSmallDisk { disk in
            let store = try await VolumeStore.open(disk.appending("store"))
            let volume = try await store.create(VolumeRequest(name: "before"))
            let text = String(repeating: "x", count: 1_000_000)
            try FileTree.write(text, to: volume.mountpoint.appending("file"))
            try await store.snapshot("before", as: "one")

            try fill(disk.appending("filler"))
            await expectFailure(.noSpace) { try await store.snapshot("before", as: "two") }
            await expectFailure(.noSpace) { try await store.clone("before", to: "copy") }
            await expectFailure(.noSpace) { try await store.restore("before", from: "one") }
            await expectFailure(.noSpace) { for index in 0..<100 { try await fillUp(store, index) } }
            #expect(try FileTree.read(volume.mountpoint.appending("file")) == text)
            #expect(FileTree.names(in: disk.appending("store/staging")).isEmpty)

            #expect(unlink(disk.appending("filler").string) == 0)
            try await store.restore("before", from: "one")
            try await store.create(VolumeRequest(name: "after"))
            let again = try await VolumeStore.open(disk.appending("store"))
            #expect(again.repairReport.isClean)
            #expect(try FileTree.read(volume.mountpoint.appending("file")) == text)
        }
    }

    private func fillUp(_ store: VolumeStore, _ index: Int) async throws {
        let label = String(repeating: "l", count: 10_000)
        try await store.create(VolumeRequest(name: "more-\(index)", labels: ["long": label]))
    }

    @Test("a store on a read-only filesystem is refused in words, and whole when it is writable again", .needsRoot)
    func readOnly() async throws {
        try await withSmallDisk { disk in
            do {
                let store = try await VolumeStore.open(disk.appending("store"))
                try await store.create(VolumeRequest(name: "vol"))
            }
            let remountReadOnly: UInt = 32 | 1
            var isReadOnly = false
            // Busy while a program that another test is just starting still has the store's files open.
            for _ in 0..<200 where !isReadOnly {
                isReadOnly = mount("tmpfs", disk.string, "tmpfs", remountReadOnly, nil) == 0
                if !isReadOnly { try await Task.sleep(for: .milliseconds(10)) }
            }
            try #require(isReadOnly)
            await expectFailure(.notWritable) { _ = try await VolumeStore.open(disk.appending("store")) }
            await expectFailure(.notWritable) { _ = try await VolumeStore.open(disk.appending("new")) }
            #expect(mount("tmpfs", disk.string, "tmpfs", 32, nil) == 0)
            #expect(try await VolumeStore.open(disk.appending("store")).list().map(\.name) == ["vol"])
        }
    }

    @Test(
        "a store that this user may not enter, read or write is refused in words, and whole for the one who may",
        .needsRoot,
        arguments: [mode_t(0o700), 0o755]
    )
    func wrongPermissions(mode: mode_t) async throws {
        try await FileTree.withTemporaryDirectory { directory in
            chmod(directory.string, 0o755)
            let root = directory.appending("store").string
            try await VolumeStore.open(FilePath(root)).create(VolumeRequest(name: "kept"))
            for name in ["", "/volumes.sqlite"] { chmod(root + name, name.isEmpty ? mode : mode & 0o644) }
            await #expect(processExitsWith: .success) { [root = root as String] in
                guard setgid(65_534) == 0, setuid(65_534) == 0 else { exit(2) }
                do {
                    _ = try await VolumeStore.open(FilePath(root))
                    exit(3)
                } catch let error as VolumeError {
                    exit(error.code == .notWritable ? 0 : 4)
                }
            }
            #expect(try await VolumeStore.open(FilePath(root)).list().map(\.name) == ["kept"])
        }
    }
}
