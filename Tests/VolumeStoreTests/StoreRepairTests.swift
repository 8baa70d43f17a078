// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Foundation
import Glibc
import SystemPackage
import Testing
import VolumeStore

@Suite("Opening and repairing a store")
struct StoreRepairTests {
    @Test(
        "a volume whose directory was on its way in or out is whole after reopening",
        arguments: ["staging", "trash"]
    )
    func completed(place: String) async throws {
        try await TemporaryStore.with { test in
            let volume = try await test.store.create(VolumeRequest(name: "vol"))
            try FileTree.write("data", to: volume.mountpoint.appending("file"))
            let home = test.root.appending("volumes").appending(volume.id.rawValue)
            #expect(rename(home.string, test.root.appending(place).appending(volume.id.rawValue).string) == 0)
            let again = try await test.reopened()
            #expect(again.repairReport.completed == ["vol"])
            #expect(try FileTree.read(volume.mountpoint.appending("file")) == "data")
        }
    }

    @Test("an open store finishes an interrupted move when it needs the volume")
    func completedOnDemand() async throws {
        try await TemporaryStore.with { test in
            let volume = try await test.store.create(VolumeRequest(name: "vol"))
            let home = test.root.appending("volumes").appending(volume.id.rawValue)
            #expect(rename(home.string, test.root.appending("staging").appending(volume.id.rawValue).string) == 0)
            let mount = try await test.store.mount("vol", owner: .test())
            #expect(FileTree.exists(mount.source))
        }
    }

    @Test("half-made and half-deleted directories go, orphans are reported and kept")
    func strays() async throws {
        try await TemporaryStore.with { test in
            for place in ["staging", "trash", "volumes"] {
                let path = test.root.appending(place).appending("0123456789abcdef0123456789abcdef")
                try FileTree.make(path)
                try FileTree.make(path.appending("data"))
                try FileTree.write("data", to: path.appending("data/file"))
            }
            let report = try await test.reopened().repairReport
            #expect(report.discarded == 2)
            #expect(report.orphans == [test.root.appending("volumes/0123456789abcdef0123456789abcdef")])
            #expect(test.names(in: "staging").isEmpty && test.names(in: "trash").isEmpty)
            #expect(FileTree.exists(report.orphans[0].appending("data/file")))
        }
    }

    @Test("what another process finishes while a store is opened is not in the way")
    func finishedMeanwhile() async throws {
        try await TemporaryStore.with { test in
            let made = test.root.appending("staging").appending("0123456789abcdef0123456789abcdef")
            try FileTree.make(made)
            // As its maker does, just before it would be moved to the trash.
            let injector = FaultInjector { operation, path in
                if operation == "rename", path == made { rmdir(made.string) }
                return nil
            }
            let report = try await FaultPoint.$injector.withValue(injector) { try await test.reopened().repairReport }
            #expect(!FileTree.exists(made))
            #expect(report.discarded == 0 && report.orphans.isEmpty && report.missing.isEmpty)
        }
    }

    @Test("a volume whose directory was taken away says so, is not recreated, and can be removed")
    func missing() async throws {
        try await TemporaryStore.with { test in
            let volume = try await test.store.create(VolumeRequest(name: "vol"))
            try await test.store.withMount("vol", owner: .test()) { _ in }
            let home = volume.mountpoint.removingLastComponent()
            try FileManager.default.removeItem(atPath: home.string)
            let again = try await test.reopened()
            #expect(again.repairReport.missing == ["vol"])
            #expect(try await !again.inspect("vol").isDataPresent)
            await expectFailure(.dataMissing) { _ = try await again.mount("vol", owner: .test()) }
            #expect(!FileTree.exists(home))
            try await again.remove("vol")
            #expect(try await again.list().isEmpty)
        }
    }

    @Test("a volume that was never used is made again if a power cut took its directory", arguments: [true, false])
    func fresh(reopens: Bool) async throws {
        try await TemporaryStore.with { test in
            let volume = try await test.store.create(VolumeRequest(name: "vol", labels: ["a": "b"]))
            let home = volume.mountpoint.removingLastComponent()
            try FileManager.default.removeItem(atPath: home.string)
            let store = reopens ? try await test.reopened() : test.store
            if reopens { #expect(store.repairReport.completed == ["vol"] && store.repairReport.missing.isEmpty) }
            let mount = try await store.mount("vol", owner: .test())
            #expect(FileTree.names(in: mount.source).isEmpty && mount.volume.labels == ["a": "b"])
            #expect(test.names(in: "staging").isEmpty)
        }
    }

    @Test("a volume that is gone, row and all, before its maker has moved it home is no error for its maker")
    func removedUnderItsMaker() async throws {
        try await TemporaryStore.with { test in
            let database = test.root.appending("volumes.sqlite").string
            let script =
                "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute('DELETE FROM volume'); c.commit()"
            let injector = FaultInjector { operation, path in
                // Its maker has committed and is about to move it home: what another's removal would leave.
                guard operation == "rename", path.string.contains("/staging/") else { return nil }
                _ = try? FileTree.run("/usr/bin/python3", "-c", script, database)
                _ = try? FileTree.run("/bin/rm", "-rf", path.string)
                return nil
            }
            try await FaultPoint.$injector.withValue(injector) {
                let volume = try await test.store.create(VolumeRequest(name: "vol"))
                #expect(volume.name == "vol")
            }
            #expect(try await test.store.list().isEmpty)
            #expect(try await test.reopened().repairReport.isClean)
        }
    }

    @Test("a damaged database is refused and left as it is", arguments: [0, 40, 100])
    func corrupt(offset: Int) async throws {
        try await FileTree.withTemporaryDirectory { directory in
            let root = directory.appending("store")
            do {
                let store = try await VolumeStore.open(root)
                try await store.create(VolumeRequest(name: "vol"))
            }
            let path = root.appending("volumes.sqlite")
            try FileTree.run("/usr/bin/python3", "-c", Self.damage, path.string, "\(offset)")
            let before = try Data(contentsOf: URL(fileURLWithPath: path.string))
            let error = await expectFailure(.corruptDatabase) { _ = try await VolumeStore.open(root) }
            #expect(error?.cause?.path == path)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path.string)) == before)
            #expect(FileTree.names(in: root.appending("volumes")).count == 1)
        }
    }

    /// Folds the log into the file and overwrites a part of it.
    private static let damage = """
        import sqlite3, sys
        c = sqlite3.connect(sys.argv[1]); c.execute('PRAGMA journal_mode=DELETE'); c.close()
        with open(sys.argv[1], 'r+b') as f:
            f.seek(int(sys.argv[2])); f.write(b'\\xa5' * 3000)
        """

    @Test("a database of a newer version, or of another program, is refused and left as it is")
    func foreign() async throws {
        try await FileTree.withTemporaryDirectory { directory in
            let root = directory.appending("store")
            do { _ = try await VolumeStore.open(root) }
            let path = root.appending("volumes.sqlite")
            func change(_ sql: String) throws {
                let script = "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2])"
                try FileTree.run("/usr/bin/python3", "-c", script, path.string, sql)
            }
            try change("PRAGMA user_version = 1000")
            let newer = await expectFailure(.newerSchema) { _ = try await VolumeStore.open(root) }
            #expect(newer?.message.contains("1000") == true)
            try change("PRAGMA user_version = 1; PRAGMA application_id = 42")
            await expectFailure(.foreignDatabase) { _ = try await VolumeStore.open(root) }
        }
    }

    @Test("a file where the store should be, and a relative path, are refused")
    func badRoot() async throws {
        try await FileTree.withTemporaryDirectory { directory in
            try FileTree.write("", to: directory.appending("file"))
            let error = await expectFailure(.inputOutput) {
                _ = try await VolumeStore.open(directory.appending("file"))
            }
            #expect(error?.cause?.errno == .fileExists)
            await expectFailure(.inputOutput) { _ = try await VolumeStore.open("relative/path") }
        }
    }
}
