// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@Suite("A root on a disk that is full", .runsTool)
struct FullRootTests {
    @Test("containers end, are listed and removed, and make room")
    func removing() async throws {
        try await onSmallDisk { tool in
            for name in ["one", "two"] {
                try #require(try await tool.finish("run", "-d", "--name", name, "box", "sleep", "1000").status == 0)
            }
            try fill(tool)
            #expect(try await tool.finish("stop", "-t", "0", "two").status == 0)
            let listed = try await tool.finish("ps", "-a")
            #expect(listed.status == 0 && listed.lines.count == 3, "\(listed.error)")
            let removed = try await tool.finish("rm", "two")
            #expect(removed.status == 0, "\(removed.error)")
            let forced = try await tool.finish("rm", "-f", "one")
            #expect(forced.status == 0, "\(forced.error)")
            try Shell.run(["rm", "\(tool.root)/filler"])
            #expect(try await tool.finish("ps", "-aq").output.isEmpty)
        }
    }

    @Test("containers are listed and removed where nothing runs and not a byte is left")
    func nothingRuns() async throws {
        try await onSmallDisk { tool in
            for name in ["one", "two"] {
                try #require(try await tool.finish("create", "--name", name, "box", "true").status == 0)
            }
            try fill(tool)
            let listed = try await tool.finish("ps", "-aq")
            #expect(listed.status == 0 && listed.lines.count == 2, "\(listed.error)")
            for name in ["one", "two"] {
                let removed = try await tool.finish("rm", name)
                #expect(removed.status == 0, "\(removed.error)")
            }
            let removed = try await tool.finish("rmi", "box")
            #expect(removed.status == 0, "\(removed.error)")
        }
    }

    /// The tool whose root is a filesystem of 40 MiB with the image `box`.
    private func onSmallDisk(_ body: (Tool) async throws -> Void) async throws {
        let tool = try Tool()
        let disk = tool.root.string
        try Shell.run(["rm", "-rf", disk])
        try Shell.run(["mkdir", disk])
        try #require(mount("tmpfs", disk, "tmpfs", 0, "size=40m") == 0)
        defer {
            _ = try? tool.run("rm", "-f", "one", "two")
            umount2(disk, Int32(MNT_DETACH))
        }
        let archive = try TestArchive()
        defer { withExtendedLifetime(archive) {} }
        try #require(try await tool.finish("import", archive.path.string, "box").status == 0)
        try await body(tool)
    }

    private func fill(_ tool: Tool) throws {
        for size in ["1M", "4096", "1"] {
            try Shell.run(["sh", "-c", "dd if=/dev/zero bs=\(size) 2>/dev/null >>'\(tool.root)/filler'"])
        }
    }
}
