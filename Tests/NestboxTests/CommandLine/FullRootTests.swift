// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@Suite("A root on a disk that is full", .runsTool)
struct FullRootTests {
    @Test("containers end, are listed and removed, and make room")
    func removing() async throws {
        let tool = try Tool()
        let disk = tool.root
        try Shell.run(["rm", "-rf", disk.string])
        try Shell.run(["mkdir", disk.string])
        try #require(mount("tmpfs", disk.string, "tmpfs", 0, "size=40m") == 0)
        defer {
            _ = try? tool.run("rm", "-f", "one", "two")
            umount2(disk.string, Int32(MNT_DETACH))
        }
        let archive = try TestArchive()
        defer { withExtendedLifetime(archive) {} }
        try #require(try await tool.finish("import", archive.path.string, "box").status == 0)
        for name in ["one", "two"] {
            try #require(try await tool.finish("run", "-d", "--name", name, "box", "sleep", "1000").status == 0)
        }
        for size in ["1M", "4096", "1"] {
            try Shell.run(["sh", "-c", "dd if=/dev/zero bs=\(size) 2>/dev/null >>'\(disk)/filler'"])
        }
        #expect(try await tool.finish("stop", "-t", "0", "two").status == 0)
        let listed = try await tool.finish("ps", "-a")
        #expect(listed.status == 0 && listed.lines.count == 3, "\(listed.error)")
        let removed = try await tool.finish("rm", "two")
        #expect(removed.status == 0, "\(removed.error)")
        let forced = try await tool.finish("rm", "-f", "one")
        #expect(forced.status == 0, "\(forced.error)")
        try Shell.run(["rm", "\(disk)/filler"])
        #expect(try await tool.finish("ps", "-aq").output.isEmpty)
    }
}
