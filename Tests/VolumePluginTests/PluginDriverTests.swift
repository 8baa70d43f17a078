// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Foundation
import Glibc
import SystemPackage
import Testing
import VolumePlugin
import VolumeStore

@Suite("A store whose volumes a plugin keeps")
struct PluginDriverTests {
    /// Runs `body` with a store that keeps its volumes in another by way of a plugin.
    private func withStores(
        _ body: @escaping @Sendable (_ near: VolumeStore, _ far: PluginFixture) async throws -> Void
    ) async throws {
        try await PluginFixture.with { far in
            var configuration = VolumeStore.Configuration()
            configuration.drivers = PluginDriver.installed(in: far.socket.removingLastComponent())
            #expect(configuration.drivers.map(\.name) == ["nestbox"])
            let near = try await VolumeStore.open(far.directory.appending("near"), configuration: configuration)
            try await body(near, far)
        }
    }

    @Test("a volume lives at the plugin: created, mounted, renamed, copied, unmounted and removed there")
    func life() async throws {
        try await withStores { near, far in
            try await near.create(VolumeRequest(name: "vol", driver: "nestbox", labels: ["a": "b"]))
            let there = try #require(try await far.store.list().first)
            #expect(there.name.hasPrefix("nestbox-"))
            let owner = try LeaseOwner.thisProcess(id: "box")
            try await near.withMount("vol", owner: owner) { mount in
                #expect(mount.source == there.mountpoint)
                try Data("data".utf8).write(to: URL(fileURLWithPath: mount.source.appending("file").string))
                let second = try await near.mount("vol", owner: owner)
                #expect(try await far.store.inspect(there.name).leases.count == 1)
                try await near.release(second.lease.id)
                #expect(try await far.store.inspect(there.name).leases.count == 1)
            }
            #expect(try await far.store.inspect(there.name).leases.isEmpty)

            try await near.rename("vol", to: "other")
            try await near.withMount("other", owner: owner, access: .readOnly) { mount in
                let data = try Data(contentsOf: URL(fileURLWithPath: mount.source.appending("file").string))
                #expect(data == Data("data".utf8))
            }
            try await near.snapshot("other", as: "first")
            #expect(try await near.usage(of: "other").inodes >= 1)
            try await near.removeSnapshot("first", of: "other")
            try await near.remove("other")
            #expect(try await far.store.list().isEmpty)
        }
    }

    @Test("a new volume at a plugin receives the content of an image, once")
    func copyUp() async throws {
        try await withStores { near, far in
            let image = far.directory.appending("image")
            try FileManager.default.createDirectory(atPath: image.string, withIntermediateDirectories: false)
            try Data("from the image".utf8).write(to: URL(fileURLWithPath: image.appending("file").string))
            let content = try FileDescriptor.open(image, .readOnly, options: .directory)
            defer { try? content.close() }
            try await near.create(VolumeRequest(name: "vol", driver: "nestbox"))
            let owner = try LeaseOwner.thisProcess(id: "box")
            for round in 0..<2 {
                try await near.withMount("vol", owner: owner, copyingUp: content) { mount in
                    let names = try FileManager.default.contentsOfDirectory(atPath: mount.source.string)
                    #expect(names == (round == 0 ? ["file"] : []))
                    for name in names {
                        try FileManager.default.removeItem(atPath: mount.source.appending(name).string)
                    }
                }
            }
        }
    }

    @Test("a volume that the plugin had before is used under its name, and options are passed on")
    func named() async throws {
        try await withStores { near, far in
            try await far.store.create(VolumeRequest(name: "theirs"))
            let options = ["plugin-volume": "theirs"]
            try await near.create(VolumeRequest(name: "vol", driver: "nestbox", options: options))
            #expect(try await far.store.list().map(\.name) == ["theirs"])
            let owner = try LeaseOwner.thisProcess(id: "box")
            try await near.withMount("vol", owner: owner) { mount in
                let theirs = try await far.store.volume(named: "theirs")
                #expect(mount.source == theirs.mountpoint)
            }
            await #expect(throws: VolumeError.self) {
                try await near.create(VolumeRequest(name: "bad", driver: "nestbox", options: ["nosuch": "1"]))
            }
            #expect(try await near.list().map(\.name) == ["vol"])
            #expect(try await far.store.list().map(\.name) == ["theirs"])
        }
    }

    @Test("many creators of one name leave one volume here and one at the plugin")
    func race() async throws {
        try await withStores { near, far in
            try await withThrowingTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask { try await near.create(VolumeRequest(name: "one", driver: "nestbox")) }
                }
                try await group.waitForAll()
            }
            #expect(try await near.list().count == 1)
            #expect(try await far.store.list().count == 1)
        }
    }

    @Test("a plugin that is not there is an error that names the socket, and nothing is left")
    func missing() async throws {
        try await PluginFixture.withDirectory { directory in
            var configuration = VolumeStore.Configuration()
            let socket = directory.appending("nosuch.sock")
            configuration.drivers = [PluginDriver(name: "nosuch", socket: socket)]
            let store = try await VolumeStore.open(directory.appending("store"), configuration: configuration)
            let error = await #expect(throws: VolumeError.self) {
                try await store.create(VolumeRequest(name: "vol", driver: "nosuch"))
            }
            #expect(error?.code == .driverUnavailable && error?.cause?.path == socket)
            #expect(error?.cause?.errno == .noSuchFileOrDirectory)
            #expect(try await store.list().isEmpty)
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(directory)/store/staging").isEmpty)
        }
    }

    @Test(
        "a response is read in every form that HTTP/1.1 gives it",
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "{}"),
            ("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}", "{}"),
            ("HTTP/1.0 500 Oh\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\n\r\n", "{}"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}", nil),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}\r\n", nil),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n{}\r\n", nil),
            ("SPAM 200 OK\r\n\r\n", nil), ("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", nil), ("", nil),
        ]
    )
    func responses(text: String, body: String?) {
        let response = HTTPResponse(Array(text.utf8))
        #expect(response.map { String(decoding: $0.body, as: UTF8.self) } == body)
    }
}
