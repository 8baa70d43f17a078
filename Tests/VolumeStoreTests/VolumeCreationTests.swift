// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage
import Testing
import VolumeStore

@Suite("Creating volumes")
struct VolumeCreationTests {
    @Test("a new volume is an empty directory with a row")
    func create() async throws {
        try await TemporaryStore.with { test in
            let volume = try await test.store.create(
                VolumeRequest(name: "ghost-vol", labels: ["app": "ghost", "odd=key\n": "a=b\\\nc", "empty": ""])
            )
            #expect(volume.driver == "local")
            #expect(!volume.isAnonymous)
            #expect(FileTree.exists(volume.mountpoint))
            #expect(FileTree.names(in: volume.mountpoint).isEmpty)
            #expect(try await test.store.volume(named: "ghost-vol") == volume)
            #expect(volume.labels == ["app": "ghost", "odd=key\n": "a=b\\\nc", "empty": ""])
            #expect(test.names(in: "staging").isEmpty)
        }
    }

    @Test("creating a volume twice returns the same volume, with its data")
    func createTwice() async throws {
        try await TemporaryStore.with { test in
            let first = try await test.store.create(VolumeRequest(name: "twice", labels: ["a": "1"]))
            try FileTree.write("kept", to: first.mountpoint.appending("file"))
            let second = try await test.store.create(VolumeRequest(name: "twice", driver: "local"))
            #expect(first == second)
            #expect(try FileTree.read(second.mountpoint.appending("file")) == "kept")
        }
    }

    @Test("creating a volume again with other options is refused, with other labels it keeps its own")
    func createAgain() async throws {
        try await TemporaryStore.with { test in
            let host = test.directory.appending("host")
            try FileTree.make(host)
            let options = ["o": "bind", "device": host.string]
            let first = try await test.store.create(VolumeRequest(name: "vol", options: options, labels: ["a": "1"]))
            for request in [
                VolumeRequest(name: "vol"), VolumeRequest(name: "vol", options: options),
                VolumeRequest(name: "vol", driver: "local", options: options, labels: ["a": "2"]),
            ] {
                #expect(try await test.store.create(request) == first)
            }
            let other = ["o": "bind", "device": "/"]
            await expectFailure(.alreadyExists) {
                try await test.store.create(VolumeRequest(name: "vol", options: other))
            }
            await expectFailure(.alreadyExists) {
                try await test.store.create(VolumeRequest(name: "vol", driver: "nosuch"))
            }
            #expect(try await test.store.list() == [first])
            #expect(test.names(in: "volumes").count == 1 && test.names(in: "staging").isEmpty)
        }
    }

    @Test("many creators of many names get each its own, in few commits and all of them")
    func crowd() async throws {
        try await TemporaryStore.with { test in
            let other = try await test.reopened()
            try await withThrowingTaskGroup { group in
                for index in 0..<200 {
                    let store = index % 2 == 0 ? test.store : other
                    group.addTask {
                        try await store.create(VolumeRequest(name: "volume-\(index)"))
                        if index % 5 == 0 {
                            await expectFailure(.alreadyExists) {
                                _ = try await store.rename("volume-\(index)", to: "volume-\(index)-x")
                                _ = try await store.create(VolumeRequest(name: "volume-\(index)-x", driver: "nosuch"))
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let names = try await test.reopened().list().map(\.name)
            #expect(names == (0..<200).map { $0 % 5 == 0 ? "volume-\($0)-x" : "volume-\($0)" }.sorted())
            #expect(test.names(in: "volumes").count == 200 && test.names(in: "staging").isEmpty)
        }
    }

    @Test("many creators of one name get one volume")
    func race() async throws {
        try await TemporaryStore.with { test in
            let ids = try await withThrowingTaskGroup(of: VolumeID.self) { group in
                for _ in 0..<16 {
                    group.addTask { try await test.store.create(VolumeRequest(name: "one")).id }
                }
                var ids: Set<VolumeID> = []
                for try await id in group { ids.insert(id) }
                return ids
            }
            #expect(ids.count == 1)
            #expect(test.names(in: "volumes").count == 1)
            #expect(test.names(in: "staging").isEmpty)
        }
    }

    @Test(
        "a name that Docker would refuse is refused, and nothing is made",
        arguments: ["", "a", ".hidden", "-dash", "_under", "with space", "a/b", "../up", "/abs", "ümlaut", "a\0b"]
    )
    func badName(name: String) async throws {
        try await TemporaryStore.with { test in
            await expectFailure(.invalidName) { try await test.store.create(VolumeRequest(name: name)) }
            #expect(test.names(in: "volumes").isEmpty && test.names(in: "staging").isEmpty)
        }
    }

    @Test("a name may be 255 characters long and no longer")
    func longName() async throws {
        try await TemporaryStore.with { test in
            let longest = String(repeating: "x", count: 255)
            let volume = try await test.store.create(VolumeRequest(name: longest))
            #expect(volume.name == longest)
            await expectFailure(.invalidName) { try await test.store.create(VolumeRequest(name: longest + "x")) }
        }
    }

    @Test("an unknown driver, an unknown option and an empty label key are refused before anything is made")
    func badRequest() async throws {
        try await TemporaryStore.with { test in
            await expectFailure(.unknownDriver) {
                try await test.store.create(VolumeRequest(name: "vol", driver: "nosuch"))
            }
            await expectFailure(.invalidOption) {
                try await test.store.create(VolumeRequest(name: "vol", options: ["colour": "red"]))
            }
            await expectFailure(.invalidLabel) {
                try await test.store.create(VolumeRequest(name: "vol", labels: ["": "x"]))
            }
            #expect(test.names(in: "volumes").isEmpty && test.names(in: "staging").isEmpty)
        }
    }

    @Test("an anonymous volume gets 64 hexadecimal digits and remembers its container")
    func anonymous() async throws {
        try await TemporaryStore.with { test in
            let volume = try await test.store.create(VolumeRequest(container: "box-1"))
            #expect(volume.isAnonymous)
            #expect(volume.container == "box-1")
            let digits = Set("0123456789abcdef")
            #expect(volume.name.count == 64)
            #expect(digits.isSuperset(of: volume.name))
        }
    }

    @Test("an identity is its 32 digits, and nothing else is one")
    func identity() throws {
        let digits = "0123456789abcdef00ff90af09fa5a5a"
        #expect(try #require(VolumeID(rawValue: digits)).rawValue == digits)
        for wrong in ["/", ":", "`", "g", "A", "F", " ", "\u{0}", "é"] {
            #expect(VolumeID(rawValue: wrong + digits.dropFirst()) == nil, "\(wrong)")
            #expect(VolumeID(rawValue: digits.dropLast() + wrong) == nil, "\(wrong)")
        }
        #expect(VolumeID(rawValue: String(digits.dropLast())) == nil)
        #expect(VolumeID(rawValue: digits + "0") == nil)
    }
}
