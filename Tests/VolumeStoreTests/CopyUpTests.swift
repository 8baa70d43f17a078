// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing
import VolumeStore

@Suite("Copying image content up into a volume")
struct CopyUpTests {
    /// A directory as an image might have it, with everything that a copy can lose.
    private func makeContent(in directory: FilePath) throws -> FileDescriptor {
        let content = directory.appending("content")
        try FileTree.make(content, mode: 0o750)
        try FileTree.make(content.appending("sub"), mode: 0o1777)
        try FileTree.write("one", to: content.appending("sub/file"))
        #expect(link(content.appending("sub/file").string, content.appending("second-name").string) == 0)
        #expect(symlink("sub/file", content.appending("link").string) == 0)
        #expect(symlink("/nowhere", content.appending("dangling").string) == 0)
        #expect(mkfifo(content.appending("fifo").string, 0o622) == 0)
        try FileTree.write("program", to: content.appending("set-id"))
        #expect(chmod(content.appending("set-id").string, 0o4755) == 0)
        try FileTree.run("/usr/bin/python3", "-c", Self.decorate, content.string)
        return try FileDescriptor.open(content, .readOnly, options: .directory)
    }

    /// Things for which Swift's Glibc module has no names: attributes, holes, odd names and old times.
    private static let decorate = """
        import os, sys
        os.chdir(sys.argv[1])
        os.setxattr('sub/file', 'user.colour', b'blue\\0green')
        os.setxattr('sub', 'user.empty', b'')
        with open('sparse', 'wb') as f:
            f.seek(50 << 20); f.write(b'end'); f.truncate(60 << 20)
        open(b'not-utf8-\\xff', 'w').close()
        os.utime('sub/file', ns=(1_000_000_007, 1_234_567_891))
        os.utime('link', ns=(5, 7), follow_symlinks=False)
        os.utime('sub', ns=(11, 13))
        """

    /// Everything about a tree as text, for comparison.
    private static let describe = """
        import os, sys, stat
        os.chdir(sys.argv[1])
        seen = {}
        paths = [b'.'] + [os.path.join(d, n) for d, ds, fs in os.walk(b'.') for n in ds + fs]
        for p in sorted(paths):
            s = os.lstat(p)
            x = sorted((n, os.getxattr(p, n, follow_symlinks=False)) for n in os.listxattr(p, follow_symlinks=False))
            body = os.readlink(p) if stat.S_ISLNK(s.st_mode) else open(p, 'rb').read() if stat.S_ISREG(s.st_mode) else b''
            twin = seen.setdefault(s.st_ino, p)
            small = s.st_blocks * 512 < max(s.st_size, 1) or s.st_size < 100000
            print(p, oct(s.st_mode), s.st_uid, s.st_gid, s.st_size, s.st_mtime_ns, s.st_rdev, twin, small, x, hash(body) if len(body) < 9 else len(body), body[:9])
        """

    private func describe(_ path: FilePath) throws -> String {
        try FileTree.run("/usr/bin/env", "PYTHONHASHSEED=0", "python3", "-c", Self.describe, path.string)
    }

    @Test("a new volume receives the image's content with owners, modes, times, attributes, hard links and holes")
    func fidelity() async throws {
        try await TemporaryStore.with { test in
            let content = try makeContent(in: test.directory)
            defer { try? content.close() }
            try await test.store.create(VolumeRequest(name: "vol"))
            let mount = try await test.store.mount("vol", owner: .test(), copyingUp: content)
            let original = try describe(test.directory.appending("content"))
            #expect(original.split(separator: "\n").count == 10)
            #expect(try describe(mount.source) == original)
            #expect(FileTree.names(in: mount.source.removingLastComponent()) == ["data"])
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
            let original = try describe(test.directory.appending("content"))
            let other = try await test.reopened()
            try await withThrowingTaskGroup(of: FilePath.self) { group in
                for index in 0..<8 {
                    let store = index % 2 == 0 ? test.store : other
                    group.addTask {
                        try await store.mount("vol", owner: .test("box-\(index)"), copyingUp: content).source
                    }
                }
                for try await source in group { #expect(try describe(source) == original) }
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
            let scratch = volume.mountpoint.removingLastComponent().appending("incoming")
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
