// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Foundation
import Glibc
import SystemPackage
import Testing
import VolumeStore

@Suite("Mounting and leases")
struct VolumeLeaseTests {
    @Test("data written through one mount is there in the next")
    func persistence() async throws {
        try await TemporaryStore.with { test in
            try await test.store.create(VolumeRequest(name: "vol"))
            let owner = try LeaseOwner.test()
            try await test.store.withMount("vol", owner: owner) { mount in
                try FileTree.write("hello", to: mount.source.appending("greeting"))
            }
            let again = try await test.reopened()
            let text = try await again.withMount("vol", owner: owner, access: .readOnly) { mount in
                try FileTree.read(mount.source.appending("greeting"))
            }
            #expect(text == "hello")
            #expect(try await again.inspect("vol").leases.isEmpty)
        }
    }

    @Test("a scoped mount is released when its body fails")
    func scoped() async throws {
        struct Failure: Error {}
        try await TemporaryStore.with { test in
            try await test.store.create(VolumeRequest(name: "vol"))
            let owner = try LeaseOwner.test()
            await #expect(throws: Failure.self) {
                try await test.store.withMount("vol", owner: owner) { _ in throw Failure() }
            }
            try await test.store.remove("vol")
        }
    }

    @Test("a single-writer volume has one writer and any number of readers")
    func singleWriter() async throws {
        try await TemporaryStore.with { test in
            try await test.store.create(VolumeRequest(name: "vol", sharing: .singleWriter))
            let writer = try await test.store.mount("vol", owner: .test("first"))
            let error = await expectFailure(.inUse) { _ = try await test.store.mount("vol", owner: .test("second")) }
            #expect(error?.message.contains("first") == true)
            _ = try await test.store.mount("vol", owner: .test("reader"), access: .readOnly)
            _ = try await test.store.mount("vol", owner: .test("reader"), access: .readOnly)
            try await test.store.release(writer.lease.id)
            _ = try await test.store.mount("vol", owner: .test("second"))
            #expect(try await test.store.inspect("vol").leases.count == 3)
        }
    }

    @Test("the lease of a dead process ends by itself, also while it is a zombie")
    func deadOwner() async throws {
        try await TemporaryStore.with { test in
            try await test.store.create(VolumeRequest(name: "vol", sharing: .singleWriter))
            let child = Process()
            child.executableURL = URL(fileURLWithPath: "/bin/sleep")
            child.arguments = ["1000"]
            try child.run()
            let owner = LeaseOwner(id: "doomed", process: try .of(pid: child.processIdentifier))
            _ = try await test.store.mount("vol", owner: owner)
            await expectFailure(.inUse) { try await test.store.remove("vol") }

            kill(child.processIdentifier, SIGKILL)
            child.waitUntilExit()
            #expect(try await test.store.inspect("vol").leases.isEmpty)
            _ = try await test.store.mount("vol", owner: .test("next"))
            #expect(try await test.store.inspect("vol").leases.map(\.owner.id) == ["next"])
        }
    }

    @Test("reopening the store reclaims the leases of dead processes and says how many")
    func reclaimAtOpen() async throws {
        try await TemporaryStore.with { test in
            try await test.store.create(VolumeRequest(name: "vol"))
            let child = Process()
            child.executableURL = URL(fileURLWithPath: "/bin/sleep")
            child.arguments = ["1000"]
            try child.run()
            let owner = LeaseOwner(id: "doomed", process: try .of(pid: child.processIdentifier))
            _ = try await test.store.mount("vol", owner: owner)
            _ = try await test.store.mount("vol", owner: owner)
            _ = try await test.store.mount("vol", owner: .test("alive"))
            kill(child.processIdentifier, SIGKILL)
            child.waitUntilExit()
            let again = try await test.reopened()
            #expect(again.repairReport.reclaimedLeases == 2)
            #expect(try await again.inspect("vol").leases.map(\.owner.id) == ["alive"])
        }
    }

    @Test("a lease can be handed to another process and be released by its text alone")
    func transfer() async throws {
        try await TemporaryStore.with { test in
            try await test.store.create(VolumeRequest(name: "vol"))
            let mount = try await test.store.mount("vol", owner: .test("starter"))
            try await test.store.transfer(mount.lease.id, to: .test("monitor"))
            #expect(try await test.store.inspect("vol").leases.map(\.owner.id) == ["monitor"])
            try await test.reopened().release(VolumeLease.ID(rawValue: mount.lease.id.rawValue))
            try await test.store.remove("vol")
        }
    }

    @Test("everything an owner holds can be given back at once")
    func releaseAll() async throws {
        try await TemporaryStore.with { test in
            for name in ["one", "two"] {
                try await test.store.create(VolumeRequest(name: name))
                _ = try await test.store.mount(name, owner: .test("box-1"))
            }
            _ = try await test.store.mount("two", owner: .test("box-2"))
            try await test.store.releaseAll(owner: "box-1")
            try await test.store.remove("one")
            await expectFailure(.inUse) { try await test.store.remove("two") }
        }
    }
}
