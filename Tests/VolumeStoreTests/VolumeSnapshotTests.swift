// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing
import VolumeStore

@Suite("Snapshots, clones and renames")
struct VolumeSnapshotTests {
    @Test("a snapshot keeps the content whole, and a restore brings it back whole")
    func snapshotAndRestore() async throws {
        try await TemporaryStore.with { test in
            let volume = try await test.store.create(VolumeRequest(name: "vol"))
            #expect(rmdir(volume.mountpoint.string) == 0)
            try TreeFixture.make(volume.mountpoint)
            let original = try TreeFixture.describe(volume.mountpoint)
            let snapshot = try await test.store.snapshot("vol", as: "before")
            #expect(snapshot.volume == volume.id)

            try FileTree.run("/usr/bin/find", volume.mountpoint.string, "-mindepth", "1", "-delete")
            try FileTree.write("new", to: volume.mountpoint.appending("new"))
            try await test.store.restore("vol", from: "before")
            try TreeFixture.expectSame(volume.mountpoint, as: original)
            #expect(try await test.store.snapshots(of: "vol") == [snapshot])
            #expect(try await test.reopened().repairReport.isClean)
        }
    }

    @Test("what is written after a snapshot does not change it")
    func independence() async throws {
        try await TemporaryStore.with { test in
            let volume = try await test.store.create(VolumeRequest(name: "vol"))
            let file = volume.mountpoint.appending("file")
            try FileTree.write("one", to: file)
            try await test.store.snapshot("vol", as: "first")
            try FileTree.write("two", to: file)
            try await test.store.snapshot("vol", as: "second")
            try FileTree.write("three", to: file)
            for (name, text) in [("first", "one"), ("second", "two"), ("first", "one")] {
                try await test.store.restore("vol", from: name)
                #expect(try FileTree.read(file) == text)
            }
        }
    }

    @Test("writers are paused exactly for the copy, with the leases to pause at hand")
    func pause() async throws {
        try await TemporaryStore.with { test in
            let volume = try await test.store.create(VolumeRequest(name: "vol"))
            let mount = try await test.store.mount("vol", owner: .test("writer"))
            try FileTree.write("half", to: volume.mountpoint.appending("file"))
            try await test.store.snapshot("vol", as: "quiet") { leases, copy in
                #expect(leases == [mount.lease])
                try FileTree.write("whole", to: volume.mountpoint.appending("file"))
                try await copy()
                try FileTree.write("half", to: volume.mountpoint.appending("file"))
            }
            try await test.store.release(mount.lease.id)
            try await test.store.restore("vol", from: "quiet")
            #expect(try FileTree.read(volume.mountpoint.appending("file")) == "whole")
        }
    }

    @Test("while writers are paused nobody else can begin to write, and those who have the volume can give it back")
    func nobodyElse() async throws {
        var configuration = VolumeStore.Configuration()
        // Long enough for a program that another test is just starting, which has all locks until it is executed.
        configuration.volumeLockTimeout = .milliseconds(500)
        try await TemporaryStore.with(configuration) { test in
            try await test.store.create(VolumeRequest(name: "vol"))
            let (store, mount) = (test.store, try await test.store.mount("vol", owner: .test("writer")))
            try await store.snapshot("vol", as: "one") { _, copy in
                await expectFailure(.busy) { _ = try await store.mount("vol", owner: .test("other")) }
                try await store.release(mount.lease.id)
                await expectFailure(.inUse) { try await store.remove("vol") }
                await expectFailure(.busy) { try await store.snapshot("vol", as: "two") }
                try await copy()
            }
            try await store.release(try await store.mount("vol", owner: .test("other")).lease.id)
            #expect(try await store.inspect("vol").leases.isEmpty)
            #expect(try await store.snapshots(of: "vol").map(\.name) == ["one"])
        }
    }

    @Test("a pause that fails, or that never copies, leaves no snapshot and no lease")
    func failedPause() async throws {
        struct Failure: Error {}
        try await TemporaryStore.with { test in
            try await test.store.create(VolumeRequest(name: "vol"))
            await #expect(throws: Failure.self) {
                try await test.store.snapshot("vol", as: "broken") { _, copy in
                    try await copy()
                    throw Failure()
                }
            }
            await expectFailure(.unsupported) { try await test.store.snapshot("vol", as: "lazy") { _, _ in } }
            #expect(try await test.store.snapshots(of: "vol").isEmpty)
            #expect(test.names(in: "staging").isEmpty && test.names(in: "snapshots").isEmpty)
            try await test.store.remove("vol")
        }
    }

    @Test("a mounted volume can't be restored, a taken snapshot name can't be used again")
    func refusals() async throws {
        try await TemporaryStore.with { test in
            try await test.store.create(VolumeRequest(name: "vol"))
            try await test.store.snapshot("vol", as: "one")
            await expectFailure(.alreadyExists) { try await test.store.snapshot("vol", as: "one") }
            await expectFailure(.invalidName) { try await test.store.snapshot("vol", as: "../one") }
            await expectFailure(.notFound) { try await test.store.snapshot("nosuch", as: "one") }
            await expectFailure(.notFound) { try await test.store.restore("vol", from: "two") }
            let mount = try await test.store.mount("vol", owner: .test())
            await expectFailure(.inUse) { try await test.store.restore("vol", from: "one") }
            try await test.store.release(mount.lease.id)
            try await test.store.restore("vol", from: "one")
        }
    }

    @Test("a volume with snapshots is kept until they are removed, and a removed snapshot is gone for good")
    func removal() async throws {
        try await TemporaryStore.with { test in
            try await test.store.create(VolumeRequest(name: "vol"))
            try await test.store.snapshot("vol", as: "one")
            let error = await expectFailure(.hasSnapshots) { try await test.store.remove("vol") }
            #expect(error?.message.contains("one") == true)
            #expect(try await test.store.prune(VolumeFilter()).removed.isEmpty)
            try await test.store.removeSnapshot("one", of: "vol")
            await expectFailure(.notFound) { try await test.store.removeSnapshot("one", of: "vol") }
            #expect(test.names(in: "snapshots").isEmpty && test.names(in: "trash").isEmpty)
            try await test.store.remove("vol")
        }
    }

    @Test("a clone has the content, labels and options, and a life of its own")
    func clone() async throws {
        try await TemporaryStore.with { test in
            let source = try await test.store.create(VolumeRequest(name: "source", labels: ["a": "b"]))
            let file = source.mountpoint.appending("file")
            try FileTree.write("old", to: file)
            try await test.store.snapshot("source", as: "old")
            try FileTree.write("new", to: file)
            _ = try await test.store.mount("source", owner: .test())

            let copy = try await test.store.clone("source", to: "copy")
            let older = try await test.store.clone("source", snapshot: "old", to: "older")
            #expect(copy.labels == ["a": "b"] && copy.id != source.id)
            #expect(try FileTree.read(copy.mountpoint.appending("file")) == "new")
            #expect(try FileTree.read(older.mountpoint.appending("file")) == "old")
            try FileTree.write("changed", to: copy.mountpoint.appending("file"))
            #expect(try FileTree.read(file) == "new")
            await expectFailure(.alreadyExists) { try await test.store.clone("source", to: "copy") }
            await expectFailure(.invalidName) { try await test.store.clone("source", to: "a/b") }
            #expect(test.names(in: "staging").isEmpty)
        }
    }

    @Test("a volume can be renamed while it is mounted, and keeps its data, leases and identity")
    func rename() async throws {
        try await TemporaryStore.with { test in
            let old = try await test.store.create(VolumeRequest())
            let mount = try await test.store.mount(old.name, owner: .test())
            try FileTree.write("data", to: mount.source.appending("file"))
            let new = try await test.store.rename(old.name, to: "named")
            #expect(new.id == old.id && !new.isAnonymous && new.mountpoint == old.mountpoint)
            #expect(try await test.store.inspect("named").leases == [mount.lease])
            await expectFailure(.notFound) { _ = try await test.store.volume(named: old.name) }
            try await test.store.create(VolumeRequest(name: "other"))
            await expectFailure(.alreadyExists) { try await test.store.rename("other", to: "named") }
            await expectFailure(.invalidName) { try await test.store.rename("other", to: "x/y") }
        }
    }

    @Test("the anonymous volumes of a container go with it, unless another uses them")
    func anonymousOfContainer() async throws {
        try await TemporaryStore.with { test in
            let mine = try await test.store.create(VolumeRequest(container: "box-1"))
            let shared = try await test.store.create(VolumeRequest(container: "box-1"))
            _ = try await test.store.create(VolumeRequest(container: "box-2"))
            try await test.store.create(VolumeRequest(name: "named"))
            _ = try await test.store.mount(shared.name, owner: .test("box-2"))
            let report = try await test.store.removeAnonymousVolumes(of: "box-1")
            #expect(report.removed.map(\.id) == [mine.id])
            #expect(try await test.store.list().count == 3)
        }
    }
}
