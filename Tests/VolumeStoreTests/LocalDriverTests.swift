// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Foundation
import Glibc
import SystemPackage
import Testing
import VolumeStore

@Suite("The local driver's kinds of volumes", .serialized)
struct LocalDriverTests {
    /// Mounts below a directory, by the kernel's list.
    private func mounts(below path: FilePath) throws -> [String] {
        try FileTree.read("/proc/self/mountinfo").split(separator: "\n").map(String.init)
            .filter { $0.contains(" \(path.string)/") }
    }

    private func fill(_ path: FilePath, megabytes: Int) throws {
        let file = try FileDescriptor.open(
            path,
            .writeOnly,
            options: [.create, .truncate],
            permissions: .init(rawValue: 0o644)
        )
        defer { try? file.close() }
        let block = [UInt8](repeating: 0x5a, count: 1 << 20)
        for _ in 0..<megabytes { try file.writeAll(block) }
        guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
    }

    @Test("a size-limited volume holds no more than its size, and its neighbours notice nothing", .needsRoot)
    func sizeLimit() async throws {
        try await TemporaryStore.with { test in
            try await test.store.create(VolumeRequest(name: "small", options: ["size": "8m"]))
            try await test.store.create(VolumeRequest(name: "other", options: ["size": "8m"]))
            let owner = try LeaseOwner.test()
            let small = try await test.store.mount("small", owner: owner)
            let other = try await test.store.mount("other", owner: owner)
            try fill(small.source.appending("fits"), megabytes: 2)
            #expect(throws: Errno.noSpace) { try fill(small.source.appending("too-large"), megabytes: 8) }
            try fill(other.source.appending("fits"), megabytes: 2)
            let usage = try await test.store.usage(of: "small")
            #expect(try #require(usage.limit) <= 8 << 20)
            #expect(usage.bytes > 2 << 20)
            for mount in [small, other] { try await test.store.release(mount.lease.id) }
            #expect(try mounts(below: test.root).isEmpty)
            #expect(try await test.store.usage(of: "small").limit == 8 << 20)

            // The data is there when it is mounted again, and so is the limit.
            let again = try await test.store.mount("small", owner: owner)
            #expect(try FileTree.status(again.source.appending("fits")).st_size == 2 << 20)
            try await test.store.release(again.lease.id)
            try await test.store.remove("small")
            try await test.store.remove("other")
            #expect(test.names(in: "volumes").isEmpty)
        }
    }

    @Test("a restore that does not fit beside what a volume holds says so and changes nothing", .needsRoot)
    func restoreTooLarge() async throws {
        try await TemporaryStore.with { test in
            try await test.store.create(VolumeRequest(name: "small", options: ["size": "8m"]))
            try await test.store.withMount("small", owner: .test()) {
                try fill($0.source.appending("file"), megabytes: 4)
            }
            try await test.store.snapshot("small", as: "one")
            let error = await expectFailure(.noSpace) { try await test.store.restore("small", from: "one") }
            #expect(error?.message.contains("volume 'small' beside what it holds") == true, "\(error?.message ?? "")")
            let kept = try await test.store.withMount("small", owner: .test()) { mount in
                try FileTree.status(mount.source.appending("file")).st_size
            }
            #expect(kept == 4 << 20)
        }
    }

    @Test("a mounted volume is one filesystem for all its users, and unmounted after the last", .needsRoot)
    func sharedMount() async throws {
        try await TemporaryStore.with { test in
            try await test.store.create(VolumeRequest(name: "vol", options: ["size": "8m"]))
            let first = try await test.store.mount("vol", owner: .test("one"))
            let other = try await test.reopened()
            let second = try await other.mount("vol", owner: .test("two"))
            #expect(first.source == second.source)
            try FileTree.write("seen", to: first.source.appending("file"))
            #expect(try FileTree.read(second.source.appending("file")) == "seen")
            #expect(try mounts(below: test.root).count == 1)
            try await test.store.release(first.lease.id)
            #expect(try FileTree.read(second.source.appending("file")) == "seen")
            try await other.release(second.lease.id)
            #expect(try mounts(below: test.root).isEmpty)
        }
    }

    @Test("a container that holds on to a released image volume never meets a second copy of it", .needsRoot)
    func lingeringMount() async throws {
        try await TemporaryStore.with { test in
            try await test.store.create(VolumeRequest(name: "vol", options: ["size": "8m"]))
            let first = try await test.store.mount("vol", owner: .test())
            // As a container's mount namespace would, an open directory keeps the filesystem alive.
            let held = try FileDescriptor.open(first.source, .readOnly, options: .directory)
            defer { try? held.close() }
            try await test.store.release(first.lease.id)
            #expect(try mounts(below: test.root).isEmpty)
            let second = try await test.store.mount("vol", owner: .test())
            try FileTree.write("same", to: second.source.appending("file"))
            #expect(try FileTree.read(FilePath("/proc/self/fd/\(held.rawValue)/file")) == "same")
            try await test.store.release(second.lease.id)
        }
    }

    @Test("an image volume takes copy-up, snapshots, restores, clones and archives like any other", .needsRoot)
    func imageContent() async throws {
        try await TemporaryStore.with { test in
            let content = test.directory.appending("content")
            try TreeFixture.make(content)
            let original = try TreeFixture.describe(content)
            let directory = try FileDescriptor.open(content, .readOnly, options: .directory)
            defer { try? directory.close() }
            try await test.store.create(VolumeRequest(name: "vol", options: ["size": "16m"]))
            let owner = try LeaseOwner.test()
            try await test.store.withMount("vol", owner: owner, copyingUp: directory) { mount in
                try TreeFixture.expectSame(mount.source, as: original)
            }
            try await test.store.snapshot("vol", as: "first")
            let clone = try await test.store.clone("vol", to: "copy")
            #expect(clone.options == ["size": "16m"])
            try await test.store.withMount("copy", owner: owner) { mount in
                try TreeFixture.expectSame(mount.source, as: original)
                try FileTree.run("/usr/bin/find", mount.source.string, "-mindepth", "1", "-delete")
            }
            try await test.store.withMount("vol", owner: owner) { mount in
                try FileTree.run("/usr/bin/find", mount.source.string, "-mindepth", "1", "-delete")
            }
            try await test.store.restore("vol", from: "first")
            try await test.store.withMount("vol", owner: owner) { mount in
                try TreeFixture.expectSame(mount.source, as: original)
            }
            #expect(try mounts(below: test.root).isEmpty)
        }
    }

    @Test("a tmpfs volume is shared by its users, takes its options, and is empty for the next", .needsRoot)
    func memory() async throws {
        try await TemporaryStore.with { test in
            let options = ["type": "tmpfs", "device": "tmpfs", "o": "size=1m,uid=7,mode=750,noexec"]
            try await test.store.create(VolumeRequest(name: "vol", options: options))
            let first = try await test.store.mount("vol", owner: .test("one"))
            let second = try await test.store.mount("vol", owner: .test("two"))
            try FileTree.write("seen", to: first.source.appending("file"))
            #expect(try FileTree.read(second.source.appending("file")) == "seen")
            let status = try FileTree.status(first.source)
            #expect(status.st_uid == 7 && status.st_mode & 0o7777 == 0o750)
            #expect(try mounts(below: test.root).first?.contains("noexec") == true)
            #expect(throws: Errno.noSpace) { try fill(first.source.appending("large"), megabytes: 2) }
            await expectFailure(.unsupported) { try await test.store.clone("vol", to: "copy") }
            try await test.store.releaseAll(owner: "one")
            try await test.store.releaseAll(owner: "two")
            #expect(try mounts(below: test.root).isEmpty)
            try await test.store.withMount("vol", owner: .test("three")) { mount in
                #expect(FileTree.names(in: mount.source).isEmpty)
            }
        }
    }

    @Test("a bind volume is a directory of the host, which outlives the volume")
    func bind() async throws {
        try await TemporaryStore.with { test in
            let host = test.directory.appending("host")
            try FileTree.make(host)
            let options = ["type": "none", "o": "bind", "device": host.string]
            try await test.store.create(VolumeRequest(name: "vol", options: options))
            try await test.store.withMount("vol", owner: .test()) { mount in
                #expect(mount.source == host)
                try FileTree.write("data", to: mount.source.appending("file"))
            }
            await expectFailure(.unsupported) { try await test.store.clone("vol", to: "copy") }
            try await test.store.remove("vol")
            #expect(try FileTree.read(host.appending("file")) == "data")
        }
    }

    @Test("a read-only bind volume can't be written through", .needsRoot)
    func readOnlyBind() async throws {
        try await TemporaryStore.with { test in
            let host = test.directory.appending("host")
            try FileTree.make(host)
            try FileTree.write("data", to: host.appending("file"))
            let options = ["o": "bind,ro,noexec", "device": host.string]
            try await test.store.create(VolumeRequest(name: "vol", options: options))
            for _ in 0..<2 {
                try await test.store.withMount("vol", owner: .test()) { mount in
                    let text = try FileTree.read(mount.source.appending("file"))
                    #expect(text == "data")
                    #expect(throws: Errno.readOnlyFileSystem) {
                        try FileTree.write("x", to: mount.source.appending("new"))
                    }
                    let mounts = try mounts(below: test.root)
                    #expect(mounts.count == 1)
                }
                #expect(try mounts(below: test.root).isEmpty)
            }
            try await test.store.remove("vol")
            #expect(try FileTree.read(host.appending("file")) == "data")
        }
    }

    @Test("a filesystem in a file of the host is mounted by its type", .needsRoot)
    func filesystem() async throws {
        try await TemporaryStore.with { test in
            let options = ["type": "ramfs", "device": "none", "o": "mode=700"]
            try await test.store.create(VolumeRequest(name: "vol", options: options))
            try await test.store.withMount("vol", owner: .test()) { _ in
                let mounts = try mounts(below: test.root)
                #expect(mounts.count == 1 && mounts[0].contains(" - ramfs "))
            }
            try await test.store.create(VolumeRequest(name: "bad", options: ["type": "nosuchfs", "device": "none"]))
            let error = await expectFailure(.inputOutput) { _ = try await test.store.mount("bad", owner: .test()) }
            #expect(error?.cause?.operation == "mount" && error?.cause?.errno == .init(rawValue: ENODEV))
            #expect(try await test.store.inspect("bad").leases.isEmpty)
            #expect(try mounts(below: test.root).isEmpty)
        }
    }

    @Test("a filesystem on a block device is mounted by its type, and its data is there the next time", .needsRoot)
    func blockDevice() async throws {
        try await TemporaryStore.with { test in
            let image = test.directory.appending("image")
            let script = "truncate -s 16m '\(image)' && mkfs.ext4 -q '\(image)' && losetup --find --show '\(image)'"
            let device = try FileTree.run("/bin/sh", "-c", script).prefix { $0 != "\n" }
            defer { _ = try? FileTree.run("/sbin/losetup", "--detach", String(device)) }
            let options = ["type": "ext4", "device": String(device), "o": "noatime,nosuid"]
            try await test.store.create(VolumeRequest(name: "vol", options: options))
            try await test.store.withMount("vol", owner: .test()) { mount in
                #expect(try mounts(below: test.root).first?.contains("nosuid") == true)
                try FileTree.write("data", to: mount.source.appending("file"))
            }
            #expect(try mounts(below: test.root).isEmpty)
            try await test.store.withMount("vol", owner: .test()) { mount in
                let text = try FileTree.read(mount.source.appending("file"))
                #expect(text == "data")
            }
            try await test.store.remove("vol")
        }
    }

    @Test("a server that can't be reached is an error in words, and leaves no lease and no mount", .needsRoot)
    func network() async throws {
        try await TemporaryStore.with { test in
            // Port 1 of this machine: if the kernel knows NFS, nobody answers there.
            let options = [
                "type": "nfs", "device": ":/export", "o": "addr=127.0.0.1,port=1,vers=4,soft,timeo=1,retrans=1",
            ]
            try await test.store.create(VolumeRequest(name: "nfs", options: options))
            let error = await expectFailure(.inputOutput) { _ = try await test.store.mount("nfs", owner: .test()) }
            let isKnown = try FileTree.read("/proc/filesystems").contains("nfs4")
            let words = isKnown ? "does not answer" : "knows no filesystem 'nfs'"
            #expect(error?.message.contains(words) == true, "\(String(describing: error))")

            let nameless = ["type": "cifs", "device": "//x/y", "o": "addr=no-such-host.invalid,password=secret-word"]
            try await test.store.create(VolumeRequest(name: "cifs", options: nameless))
            let unknown = await expectFailure(.invalidOption) { _ = try await test.store.mount("cifs", owner: .test()) }
            #expect(unknown?.description.contains("no-such-host.invalid") == true)
            #expect(unknown?.description.contains("secret-word") == false)
            for name in ["nfs", "cifs"] {
                #expect(try await test.store.inspect(name).leases.isEmpty)
                try await test.store.remove(name)
            }
            #expect(try mounts(below: test.root).isEmpty)
        }
    }

    @Test("a new volume on a filesystem of its own receives the content of an image, once", .needsRoot)
    func mountedCopyUp() async throws {
        try await TemporaryStore.with { test in
            let content = test.directory.appending("content")
            try TreeFixture.make(content)
            let directory = try FileDescriptor.open(content, .readOnly, options: .directory)
            defer { try? directory.close() }
            let image = test.directory.appending("image")
            let script = "truncate -s 16m '\(image)' && mkfs.ext4 -q '\(image)' && losetup --find --show '\(image)'"
            let device = try FileTree.run("/bin/sh", "-c", script).prefix { $0 != "\n" }
            defer { _ = try? FileTree.run("/sbin/losetup", "--detach", String(device)) }
            let options = ["type": "ext4", "device": String(device)]
            try await test.store.create(VolumeRequest(name: "vol", options: options))
            // A new ext4 is not empty, and so it is left alone.
            try await test.store.withMount("vol", owner: .test(), copyingUp: directory) { mount in
                #expect(FileTree.names(in: mount.source) == ["lost+found"])
                #expect(rmdir(mount.source.appending("lost+found").string) == 0)
            }
            for _ in 0..<2 {
                try await test.store.withMount("vol", owner: .test(), copyingUp: directory) { mount in
                    try TreeFixture.expectSame(mount.source, as: TreeFixture.describe(content))
                }
            }
            #expect(try mounts(below: test.root).isEmpty)
        }
    }

    @Test(
        "options that can't work are refused before anything is made",
        arguments: [
            ["size": "zero"], ["size": "0"], ["size": "-1m"], ["size": "1k"], ["size": "9999999p"], ["size": ""],
            ["size": "8m", "type": "tmpfs"], ["type": "ext4"], ["device": "/dev/null"], ["o": "bind"],
            ["o": "bind", "device": "relative"], ["o": "bind", "device": "/no/such/directory"],
            ["o": "bind,size=1m", "device": "/tmp"], ["o": "remount", "type": "tmpfs"],
            ["o": "shared", "type": "tmpfs"],
        ]
    )
    func badOptions(options: [String: String]) async throws {
        try await TemporaryStore.with { test in
            await expectFailure(.invalidOption) {
                try await test.store.create(VolumeRequest(name: "vol", options: options))
            }
            #expect(test.names(in: "volumes").isEmpty && test.names(in: "staging").isEmpty)
        }
    }

    @Test("a volume that a dead process left mounted is unmounted when the store is opened", .needsRoot)
    func deadOwner() async throws {
        try await TemporaryStore.with { test in
            try await test.store.create(VolumeRequest(name: "vol", options: ["size": "8m"]))
            let child = Process()
            child.executableURL = URL(fileURLWithPath: "/bin/sleep")
            child.arguments = ["1000"]
            try child.run()
            let owner = LeaseOwner(id: "doomed", process: try .of(pid: child.processIdentifier))
            _ = try await test.store.mount("vol", owner: owner)
            kill(child.processIdentifier, SIGKILL)
            child.waitUntilExit()
            #expect(try mounts(below: test.root).count == 1)
            let again = try await test.reopened()
            #expect(again.repairReport.reclaimedLeases == 1)
            #expect(try mounts(below: test.root).isEmpty)
        }
    }
}
