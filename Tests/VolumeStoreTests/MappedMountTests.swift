// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing
import VolumeStore

@Suite("Mounts that show files with other owners")
struct MappedMountTests {
    private let mapping = IDMapping(users: [.init(disk: 0, host: 100_000, count: 1000)])

    private func owner(_ name: String, in mount: FileDescriptor) throws -> (uid_t, gid_t) {
        var status = stat()
        guard fstatat(mount.rawValue, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { throw Errno(rawValue: errno) }
        return (status.st_uid, status.st_gid)
    }

    @Test("files have the mapped owners through the mount, and their own on the disk", .needsRoot)
    func owners() async throws {
        try await TemporaryStore.with { test in
            try await test.store.create(VolumeRequest(name: "vol"))
            try await test.store.withMount("vol", owner: .test()) { mount in
                for (name, id) in [("root", uid_t(0)), ("user", 7), ("stranger", 5000)] {
                    try FileTree.write(name, to: mount.source.appending(name))
                    #expect(chown(mount.source.appending(name).string, id, id) == 0)
                }
                let mapped = try mount.openMapped(mapping)
                defer { try? mapped.close() }
                #expect(try owner("root", in: mapped) == (100_000, 100_000))
                #expect(try owner("user", in: mapped) == (100_007, 100_007))
                // Nobody's, as those who are not mapped are.
                #expect(try owner("stranger", in: mapped) == (65534, 65534))
                #expect(try FileTree.status(mount.source.appending("user")).st_uid == 7)
                // A process that is the mapped user writes as the disk's root.
                let script = """
                    import os, sys
                    directory = os.open(sys.argv[1], os.O_RDONLY)
                    os.setgid(100000); os.setuid(100000)
                    os.open('new', os.O_CREAT | os.O_WRONLY, dir_fd=directory)
                    """
                let path = "/proc/\(getpid())/fd/\(mapped.rawValue)"
                try FileTree.run("/usr/bin/python3", "-c", script, path)
                #expect(try FileTree.status(mount.source.appending("new")).st_uid == 0)
            }
        }
    }

    @Test("a read-only lease gives a read-only mount", .needsRoot)
    func readOnly() async throws {
        try await TemporaryStore.with { test in
            try await test.store.create(VolumeRequest(name: "vol"))
            try await test.store.withMount("vol", owner: .test(), access: .readOnly) { mount in
                let mapped = try mount.openMapped(mapping)
                defer { try? mapped.close() }
                #expect(openat(mapped.rawValue, "new", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600) == -1)
                #expect(errno == EROFS)
            }
        }
    }

    @Test(
        "a mapping that can't be is refused",
        arguments: [
            IDMapping(users: []), IDMapping(users: [.init(disk: 0, host: 0, count: 0)]),
            IDMapping(users: [.init(disk: 0, host: 0, count: 2), .init(disk: 1, host: 9, count: 1)]),
            IDMapping(users: [.init(disk: 0, host: 5, count: 2), .init(disk: 9, host: 6, count: 1)]),
            IDMapping(users: [.init(disk: 4_294_967_295, host: 0, count: 2)]),
        ]
    )
    func refused(mapping: IDMapping) async {
        await expectFailure(.invalidOption) { _ = try mapping.makeUserNamespace() }
    }
}
