// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

/// A tree with everything that a copy can lose, and a way to compare two trees.
enum TreeFixture {
    /// Makes the tree in a new directory.
    static func make(_ path: FilePath) throws {
        try FileTree.make(path, mode: 0o750)
        try FileTree.make(path.appending("sub"), mode: 0o1777)
        try FileTree.write("one", to: path.appending("sub/file"))
        #expect(link(path.appending("sub/file").string, path.appending("second-name").string) == 0)
        #expect(symlink("sub/file", path.appending("link").string) == 0)
        #expect(symlink("/nowhere", path.appending("dangling").string) == 0)
        #expect(mkfifo(path.appending("fifo").string, 0o622) == 0)
        try FileTree.write("program", to: path.appending("set-id"))
        #expect(chmod(path.appending("set-id").string, 0o4755) == 0)
        try FileTree.run("/usr/bin/python3", "-c", decorate, path.string)
    }

    /// Things for which Swift's Glibc module has no names: attributes, holes, odd names and old times.
    private static let decorate = """
        import os, sys
        os.chdir(sys.argv[1])
        os.setxattr('sub/file', 'user.colour', b'blue\\0green')
        os.setxattr('sub', 'user.empty', b'')
        with open('sparse', 'wb') as f:
            f.seek(5 << 20); f.write(b'end'); f.truncate(6 << 20)
        open(b'not-utf8-\\xff', 'w').close()
        os.utime('sub/file', ns=(1_000_000_007, 1_234_567_891))
        os.utime('link', ns=(5, 7), follow_symlinks=False)
        os.utime('sub', ns=(11, 13))
        """

    /// Everything about a tree as text: one line a file.
    static func describe(_ path: FilePath) throws -> String {
        try FileTree.run("/usr/bin/python3", "-c", describe, path.string)
    }

    private static let describe = """
        import hashlib, os, stat, sys
        os.chdir(sys.argv[1])
        first = {}
        for p in sorted([b'.'] + [os.path.join(d, n) for d, ds, fs in os.walk(b'.') for n in ds + fs]):
            s = os.lstat(p)
            names = sorted(os.listxattr(p, follow_symlinks=False))
            attributes = [(n, os.getxattr(p, n, follow_symlinks=False)) for n in names]
            content = b''
            if stat.S_ISLNK(s.st_mode): content = os.readlink(p)
            if stat.S_ISREG(s.st_mode): content = hashlib.sha256(open(p, 'rb').read()).digest()
            has_hole = stat.S_ISREG(s.st_mode) and s.st_blocks * 512 < s.st_size
            print(p, oct(s.st_mode), s.st_uid, s.st_gid, 0 if stat.S_ISDIR(s.st_mode) else s.st_size, s.st_mtime_ns,
                  s.st_rdev, first.setdefault(s.st_ino, p), has_hole, attributes, content.hex())
        """

    /// Expects two trees to be alike, and names the files that are not.
    static func expectSame(
        _ tree: FilePath,
        as original: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let found = try describe(tree).split(separator: "\n")
        let expected = original.split(separator: "\n")
        let differences = found.difference(from: expected)
        #expect(differences.isEmpty, sourceLocation: sourceLocation)
    }
}
