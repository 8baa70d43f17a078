// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing
import VolumeStore

@Suite("Copying image content up into a volume")
struct CopyUpTests {
    /// A directory as an image might have it.
    private func makeContent(in directory: FilePath) throws -> FileDescriptor {
        let content = directory.appending("content")
        try TreeFixture.make(content)
        return try FileDescriptor.open(content, .readOnly, options: .directory)
    }

    @Test("a new volume receives the image's content with owners, modes, times, attributes, hard links and holes")
    func fidelity() async throws {
        try await TemporaryStore.with { test in
            let content = try makeContent(in: test.directory)
            defer { try? content.close() }
            try await test.store.create(VolumeRequest(name: "vol"))
            let mount = try await test.store.mount("vol", owner: .test(), copyingUp: content)
            let original = try TreeFixture.describe(test.directory.appending("content"))
            #expect(original.split(separator: "\n").count == 10)
            try TreeFixture.expectSame(mount.source, as: original)
            #expect(FileTree.names(in: mount.source.removingLastComponent()) == ["data", "scratch"])
        }
    }

    @Test("the content comes once: what the user deleted does not come back")
    func once() async throws {
        try await TemporaryStore.with { test in
            let content = try makeContent(in: test.directory)
            defer { try? content.close() }
            try await test.store.create(VolumeRequest(name: "vol"))
            let first = try await test.store.mount("vol", owner: .test(), copyingUp: content)
            try FileTree.run("/usr/bin/find", first.source.string, "-mindepth", "1", "-delete")
            let second = try await test.store.mount("vol", owner: .test(), copyingUp: content)
            #expect(!FileTree.exists(second.source.appending("sub")))
        }
    }

    @Test("a volume that holds something already is left alone")
    func notEmpty() async throws {
        try await TemporaryStore.with { test in
            let content = try makeContent(in: test.directory)
            defer { try? content.close() }
            let volume = try await test.store.create(VolumeRequest(name: "vol"))
            try FileTree.write("mine", to: volume.mountpoint.appending("file"))
            let mount = try await test.store.mount("vol", owner: .test(), copyingUp: content)
            #expect(FileTree.names(in: mount.source) == ["file"])
        }
    }

    @Test("many containers that race for a new volume get one whole copy")
    func race() async throws {
        try await TemporaryStore.with { test in
            let content = try makeContent(in: test.directory)
            defer { try? content.close() }
            try await test.store.create(VolumeRequest(name: "vol"))
            let original = try TreeFixture.describe(test.directory.appending("content"))
            let other = try await test.reopened()
            try await withThrowingTaskGroup(of: FilePath.self) { group in
                for index in 0..<8 {
                    let store = index % 2 == 0 ? test.store : other
                    group.addTask {
                        try await store.mount("vol", owner: .test("box-\(index)"), copyingUp: content).source
                    }
                }
                for try await source in group { try TreeFixture.expectSame(source, as: original) }
            }
        }
    }

    @Test("a copy that does not fit leaves an empty volume, no lease and an error that says why")
    func failure() async throws {
        try await TemporaryStore.with { test in
            let content = try makeContent(in: test.directory)
            defer { try? content.close() }
            let volume = try await test.store.create(VolumeRequest(name: "vol"))
            // In the place where the copy is gathered stands a file that nobody can replace by a directory.
            let scratch = volume.mountpoint.removingLastComponent().appending("scratch")
            try FileTree.write("in the way", to: scratch)
            let error = await expectFailure(.inputOutput) {
                _ = try await test.store.mount("vol", owner: .test(), copyingUp: content)
            }
            #expect(error?.cause?.errno == .fileExists)
            #expect(try await test.store.inspect("vol").leases.isEmpty)
            #expect(FileTree.names(in: volume.mountpoint).isEmpty)
        }
    }
}
