// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage
import Testing
import VolumeStore

@Suite("Removing volumes")
struct VolumeRemovalTests {
    @Test("a removed volume is gone for good")
    func remove() async throws {
        try await TemporaryStore.with { test in
            let volume = try await test.store.create(VolumeRequest(name: "vol"))
            try FileTree.make(volume.mountpoint.appending("deep"))
            try FileTree.write("secret", to: volume.mountpoint.appending("deep/file"))
            try await test.store.remove("vol")
            #expect(test.names(in: "volumes").isEmpty && test.names(in: "trash").isEmpty)

            let again = try await test.reopened()
            #expect(again.repairReport.isClean)
            #expect(try await again.list().isEmpty)
            let next = try await again.create(VolumeRequest(name: "vol"))
            #expect(next.id != volume.id)
            #expect(FileTree.names(in: next.mountpoint).isEmpty)
        }
    }

    @Test("a volume in use can't be removed until it is released")
    func inUse() async throws {
        try await TemporaryStore.with { test in
            let volume = try await test.store.create(VolumeRequest(name: "vol"))
            let mount = try await test.store.mount("vol", owner: .test("box-1"))
            try FileTree.write("data", to: mount.source.appending("file"))
            let error = await expectFailure(.inUse) { try await test.store.remove("vol") }
            #expect(error?.message.contains("box-1") == true)
            #expect(try FileTree.read(volume.mountpoint.appending("file")) == "data")
            try await test.store.release(mount.lease.id)
            try await test.store.remove("vol")
            await expectFailure(.notFound) { _ = try await test.store.volume(named: "vol") }
        }
    }

    @Test("a prune removes unused anonymous volumes, and named ones only when asked")
    func prune() async throws {
        try await TemporaryStore.with { test in
            let used = try await test.store.create(VolumeRequest())
            let unused = try await test.store.create(VolumeRequest())
            try await test.store.create(VolumeRequest(name: "named"))
            try await test.store.create(VolumeRequest(name: "kept", labels: ["keep": ""]))
            try FileTree.write(String(repeating: "x", count: 100_000), to: unused.mountpoint.appending("file"))
            let mount = try await test.store.mount(used.name, owner: .test())

            let report = try await test.store.prune()
            #expect(report.removed.map(\.name) == [unused.name])
            #expect(report.reclaimedBytes >= 100_000)
            #expect(try await test.store.list().count == 3)

            var all = VolumeFilter()
            all.excludedLabels = [.init("keep")]
            #expect(try await test.store.prune(all).removed.map(\.name) == ["named"])
            try await test.store.release(mount.lease.id)
            #expect(try await test.store.prune(all).removed.map(\.name) == [used.name])
            #expect(try await test.store.list().map(\.name) == ["kept"])
        }
    }
}
