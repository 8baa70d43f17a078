// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing
import VolumeStore

@Suite("What the store's filesystem can do by itself", .serialized)
struct FilesystemTests {
    private static let megabyte = 1 << 20

    private func fill(_ path: FilePath, megabytes: Int) throws {
        let file = try FileDescriptor.open(
            path,
            .writeOnly,
            options: [.create, .truncate],
            permissions: .init(rawValue: 0o644)
        )
        defer { try? file.close() }
        var generator = SplitMix64(state: 7)
        for _ in 0..<megabytes {
            try file.writeAll(
                (0..<(Self.megabyte / 8)).flatMap { _ in withUnsafeBytes(of: generator.next(), Array.init) }
            )
        }
        guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Fills a volume, copies it in every way, and looks that no copy takes room or changes with another.
    private func checkSharing(_ disk: FilePath) async throws {
        let store = try await VolumeStore.open(disk.appending("store"))
        let volume = try await store.create(VolumeRequest(name: "vol"))
        let file = volume.mountpoint.appending("file")
        try await store.withMount("vol", owner: .test()) { _ in
            try fill(file, megabytes: 24)
            try TreeFixture.make(volume.mountpoint.appending("tree"))
        }
        let original = try TreeFixture.describe(volume.mountpoint)
        let before = try LoopDisk.used(disk)

        try await store.snapshot("vol", as: "first")
        let clone = try await store.clone("vol", to: "copy")
        let second = try await store.clone("vol", snapshot: "first", to: "second")
        #expect(try LoopDisk.used(disk) - before < 8 * Self.megabyte)
        for copy in [clone, second] { try TreeFixture.expectSame(copy.mountpoint, as: original) }

        try FileTree.write("changed", to: file)
        try FileTree.run("/bin/rm", "-r", volume.mountpoint.appending("tree").string)
        try TreeFixture.expectSame(second.mountpoint, as: original)
        try await store.restore("vol", from: "first")
        try TreeFixture.expectSame(volume.mountpoint, as: original)
        #expect(try LoopDisk.used(disk) - before < 12 * Self.megabyte)

        try await store.removeSnapshot("first", of: "vol")
        for name in ["vol", "copy", "second"] { try await store.remove(name) }
        #expect(FileTree.names(in: disk.appending("store/volumes")).isEmpty)
        #expect(FileTree.names(in: disk.appending("store/trash")).isEmpty)
        #expect(try await VolumeStore.open(disk.appending("store")).repairReport.isClean)
    }

    @Test("on xfs snapshots, clones and restores share their blocks", .needs("mkfs.xfs"))
    func reflinks() async throws {
        try await LoopDisk.with(["mkfs.xfs", "-q", "-m", "reflink=1"]) { try await checkSharing($0) }
    }

    @Test(
        "on btrfs snapshots, clones and restores share their blocks, and each volume is a subvolume",
        .needs("mkfs.btrfs")
    )
    func subvolumes() async throws {
        try await LoopDisk.with(["mkfs.btrfs", "-q"]) { disk in
            try await checkSharing(disk)
            let store = try await VolumeStore.open(disk.appending("store"))
            let volume = try await store.create(VolumeRequest(name: "vol"))
            let list = try FileTree.run("/usr/bin/btrfs", "subvolume", "list", disk.string)
            #expect(list.contains("store/volumes/\(volume.id)"))
            // Volumes are copied up into and pruned as on any other filesystem.
            let content = disk.appending("content")
            try TreeFixture.make(content)
            let opened = try FileDescriptor.open(content, .readOnly, options: .directory)
            defer { try? opened.close() }
            try await store.withMount("vol", owner: .test(), copyingUp: opened) { mount in
                try TreeFixture.expectSame(mount.source, as: TreeFixture.describe(content))
            }
            #expect(try await store.prune(VolumeFilter()).removed.map(\.name) == ["vol"])
            #expect(try !FileTree.run("/usr/bin/btrfs", "subvolume", "list", disk.string).contains("store/"))
        }
    }

    @Test(
        "on btrfs with quotas a size limit is a quota: no image, no mount, and neighbours unharmed",
        .needs("mkfs.btrfs")
    )
    func quotaGroups() async throws {
        try await LoopDisk.with(["mkfs.btrfs", "-q"]) { disk in
            try FileTree.run("/usr/bin/btrfs", "quota", "enable", disk.string)
            let store = try await VolumeStore.open(disk.appending("store"))
            let small = try await store.create(VolumeRequest(name: "small", options: ["size": "8m"]))
            let other = try await store.create(VolumeRequest(name: "other"))
            #expect(FileTree.names(in: small.mountpoint.removingLastComponent()) == ["data"])
            try await store.withMount("small", owner: .test()) { mount in
                #expect(mount.source == small.mountpoint)
                try fill(mount.source.appending("fits"), megabytes: 2)
                let error = #expect(throws: Errno.self) { try fill(mount.source.appending("too-large"), megabytes: 12) }
                #expect(error == .noSpace || error == .diskQuotaExceeded)
                try fill(other.mountpoint.appending("file"), megabytes: 12)
            }
            let usage = try await store.usage(of: "small")
            #expect(usage.limit == 8 << 20)
            #expect(usage.bytes >= 2 << 20 && usage.bytes <= 8 << 20)
            // A copy has the limit, too.
            try await store.restoreSpace("small")
            let clone = try await store.clone("small", to: "copy")
            #expect(clone.options == ["size": "8m"])
            #expect(throws: Errno.self) { try fill(clone.mountpoint.appending("too-large"), megabytes: 12) }
            for name in ["small", "copy", "other"] { try await store.remove(name) }
        }
    }

    @Test("on btrfs without quotas a size limit is an image", .needs("mkfs.btrfs"))
    func noQuotas() async throws {
        try await LoopDisk.with(["mkfs.btrfs", "-q"]) { disk in
            let store = try await VolumeStore.open(disk.appending("store"))
            try await store.create(VolumeRequest(name: "small", options: ["size": "8m"]))
            try await store.withMount("small", owner: .test()) { mount in
                #expect(throws: Errno.noSpace) { try fill(mount.source.appending("too-large"), megabytes: 12) }
            }
            try await store.remove("small")
        }
    }

    @Test(
        "on xfs with project quotas a size limit is a quota that holds root too: no image, no mount, neighbours unharmed",
        .needs("mkfs.ext4", "mkfs.xfs"),
        .enabled(if: ProjectQuotas.areKnown, ProjectQuotas.reason)
    )
    func projects() async throws {
        try await LoopDisk.with(["mkfs.xfs", "-q"], options: "prjquota") { disk in
            let store = try await VolumeStore.open(disk.appending("store"))
            let small = try await store.create(VolumeRequest(name: "small", options: ["size": "8m"]))
            let other = try await store.create(VolumeRequest(name: "other", options: ["size": "32m"]))
            #expect(FileTree.names(in: small.mountpoint.removingLastComponent()) == ["data"])
            try await store.withMount("small", owner: .test()) { mount in
                #expect(mount.source == small.mountpoint)
                try fill(mount.source.appending("fits"), megabytes: 2)
                let error = #expect(throws: Errno.self) { try fill(mount.source.appending("too-large"), megabytes: 12) }
                #expect(error == .noSpace || error == .diskQuotaExceeded)
                try fill(other.mountpoint.appending("file"), megabytes: 12)
            }
            let usage = try await store.usage(of: "small")
            #expect(usage.limit == 8 << 20)
            #expect(usage.bytes >= 2 << 20 && usage.bytes <= 8 << 20)
            #expect(try await store.usage(of: "other").bytes >= 12 << 20)
            for name in ["small", "other"] { try await store.remove(name) }
        }
    }

    @Test(
        "on ext4 a size limit is an image, with project quotas too, for those do not hold root",
        .needs("mkfs.ext4", "mkfs.xfs"),
        .enabled(if: ProjectQuotas.areKnown, ProjectQuotas.reason)
    )
    func projectsOfRoot() async throws {
        let make = ["mkfs.ext4", "-q", "-O", "quota,project", "-E", "quotatype=prjquota"]
        try await LoopDisk.with(make, options: "prjquota") { disk in
            let store = try await VolumeStore.open(disk.appending("store"))
            try await store.create(VolumeRequest(name: "small", options: ["size": "8m"]))
            try await store.withMount("small", owner: .test()) { mount in
                #expect(throws: Errno.noSpace) { try fill(mount.source.appending("too-large"), megabytes: 12) }
            }
            try await store.remove("small")
        }
    }
}

extension VolumeStore {
    /// Empties a volume that is full: on btrfs a full quota lets nothing be changed but by removing.
    fileprivate func restoreSpace(_ name: String) async throws {
        let volume = try await volume(named: name)
        try FileTree.run("/usr/bin/find", volume.mountpoint.string, "-name", "too-large", "-delete")
        try FileTree.run("/bin/sync", "-f", volume.mountpoint.string)
    }
}

/// Whether this kernel can keep quotas of projects, on ext4 and xfs.
enum ProjectQuotas {
    static let reason: Comment = """
        The kernel is built without project quotas (CONFIG_QFMT_V2, CONFIG_XFS_QUOTA), see Scripts/test-quotas.
        """

    static let areKnown: Bool = {
        let script = """
            set -e; d=$(mktemp -d /var/tmp/nestbox-quota-XXXXXX); trap 'umount "$d" 2>/dev/null || true; rm -rf "$d" "$d.img"' EXIT
            truncate -s 16M "$d.img"; mkfs.ext4 -q -O quota,project -E quotatype=prjquota "$d.img"
            mount -o loop,prjquota "$d.img" "$d"; umount "$d"; rm "$d.img"
            truncate -s 400M "$d.img"; mkfs.xfs -q "$d.img"; mount -o loop,prjquota "$d.img" "$d"
            """
        return geteuid() == 0 && (try? FileTree.run("/bin/sh", "-c", "{ \(script) ; } >/dev/null 2>&1")) != nil
    }()
}
