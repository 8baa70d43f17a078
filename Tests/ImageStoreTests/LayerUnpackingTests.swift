// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import ImageStore

@Suite("Unpacking layers", .enabled(if: Privileges.isRoot, "\(Privileges.absence)"))
struct LayerUnpackingTests {
    @Test("owners, permissions and times are those of the archive, also of directories and links")
    func metadata() async throws {
        let temporary = try TemporaryStore()
        let root = try await temporary.unpack(
            TarBuilder.archive { tar in
                tar.add(.directory, "d", mode: 0o1777, owner: (12, 34), modified: 1_000_000_000)
                tar.add(.file, "d/f", content: [1], mode: 0o4755, owner: (56, 78), modified: 1_100_000_000)
                tar.add(.symbolicLink, "d/l", link: "/nowhere", owner: (9, 10), modified: 1_200_000_000)
            }
        )
        let directory = try #require(FileTree.status(root.appending("d")))
        #expect(directory.st_mode == S_IFDIR | 0o1777)
        #expect([directory.st_uid, directory.st_gid] == [12, 34])
        #expect(directory.st_mtim.tv_sec == 1_000_000_000)
        let file = try #require(FileTree.status(root.appending("d/f")))
        #expect(file.st_mode == S_IFREG | 0o4755)
        #expect([file.st_uid, file.st_gid] == [56, 78])
        #expect(file.st_mtim.tv_sec == 1_100_000_000)
        let link = try #require(FileTree.status(root.appending("d/l")))
        #expect(link.st_mode & S_IFMT == S_IFLNK)
        #expect([link.st_uid, link.st_gid] == [9, 10])
        #expect(link.st_mtim.tv_sec == 1_200_000_000)
    }

    @Test("a whiteout becomes a device 0:0, and an opaque marker becomes overlayfs's attribute")
    func whiteouts() async throws {
        let temporary = try TemporaryStore()
        let root = try await temporary.unpack(
            TarBuilder.archive { tar in
                tar.add(.file, "a/.wh.gone")
                tar.add(directory: "o")
                tar.add(.file, "o/.wh..wh..opq")
                tar.add(file: "o/kept", "kept")
                tar.add(.file, ".wh..wh.plnk")
            }
        )
        let gone = try #require(FileTree.status(root.appending("a/gone")))
        #expect(gone.st_mode & S_IFMT == S_IFCHR)
        #expect(gone.st_rdev == 0)
        #expect(Attributes.get("trusted.overlay.opaque", of: root.appending("o")) == Array("y".utf8))
        #expect(try FileTree.list(root) == ["a", "a/gone", "o", "o/kept"])
    }

    @Test("a whiteout hides only what is below: the layer's own file of that name stays", arguments: [false, true])
    func whiteoutBesideOwnFile(whiteoutFirst: Bool) async throws {
        let temporary = try TemporaryStore()
        let root = try await temporary.unpack(
            TarBuilder.archive { tar in
                if whiteoutFirst { tar.add(.file, ".wh.d") }
                if whiteoutFirst { tar.add(.file, ".wh.f") }
                tar.add(directory: "d")
                tar.add(file: "d/own", "own")
                tar.add(file: "f", "own")
                if !whiteoutFirst { tar.add(.file, ".wh.d") }
                if !whiteoutFirst { tar.add(.file, ".wh.f") }
            }
        )
        #expect(try FileTree.list(root) == ["d", "d/own", "f"])
        #expect(try FileTree.text(root.appending("f")) == "own")
        #expect(Attributes.get("trusted.overlay.opaque", of: root.appending("d")) == Array("y".utf8))
    }

    @Test("hard links, symbolic links, fifos and devices come out as such")
    func kinds() async throws {
        let temporary = try TemporaryStore()
        let root = try await temporary.unpack(
            TarBuilder.archive { tar in
                tar.add(file: "one", "content")
                tar.add(.hardLink, "two", link: "./one")
                tar.add(.hardLink, "three", link: "/one")
                tar.add(.symbolicLink, "link", link: "../outside")
                tar.add(.fifo, "fifo", mode: 0o620)
                tar.add(.characterDevice, "null", mode: 0o666, device: (1, 3))
                tar.add(.blockDevice, "disk", mode: 0o600, device: (259, 7))
            }
        )
        let one = try #require(FileTree.status(root.appending("one")))
        #expect(one.st_nlink == 3)
        #expect(FileTree.status(root.appending("two"))?.st_ino == one.st_ino)
        #expect(FileTree.status(root.appending("link"))?.st_size == 10)
        #expect(FileTree.status(root.appending("fifo"))?.st_mode == S_IFIFO | 0o620)
        let null = try #require(FileTree.status(root.appending("null")))
        #expect(null.st_mode == S_IFCHR | 0o666)
        #expect(null.st_rdev == 1 << 8 | 3)
        #expect(FileTree.status(root.appending("disk"))?.st_mode == S_IFBLK | 0o600)
    }

    @Test("a later entry replaces an earlier one of another kind")
    func replacement() async throws {
        let temporary = try TemporaryStore()
        let root = try await temporary.unpack(
            TarBuilder.archive { tar in
                tar.add(directory: "x")
                tar.add(file: "x/inner", "inner")
                tar.add(file: "x", "now a file")
                tar.add(.symbolicLink, "y", link: "x")
                tar.add(file: "y", "no longer a link")
                tar.add(directory: "z", mode: 0o700)
                tar.add(file: "z/stays", "stays")
                tar.add(directory: "z", mode: 0o755)
            }
        )
        #expect(try FileTree.text(root.appending("x")) == "now a file")
        #expect(try FileTree.text(root.appending("y")) == "no longer a link")
        #expect(try FileTree.text(root.appending("z/stays")) == "stays")
        #expect(FileTree.status(root.appending("z"))?.st_mode == S_IFDIR | 0o755)
    }

    @Test("extended attributes and file capabilities survive, overlayfs's own are not taken over")
    func attributes() async throws {
        let temporary = try TemporaryStore()
        // Revision 2, effective: cap_net_bind_service.
        let capability: [UInt8] = [1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        let root = try await temporary.unpack(
            TarBuilder.archive { tar in
                tar.add(
                    .file,
                    "bin",
                    owner: (7, 7),
                    pax: [
                        ("SCHILY.xattr.security.capability", capability),
                        ("SCHILY.xattr.user.note", [0, 255, 10]),
                        ("SCHILY.xattr.trusted.overlay.redirect", Array("/etc".utf8)),
                    ]
                )
            }
        )
        let file = root.appending("bin")
        #expect(Attributes.get("security.capability", of: file) == capability)
        #expect(Attributes.get("user.note", of: file) == [0, 255, 10])
        #expect(Attributes.get("trusted.overlay.redirect", of: file) == nil)
    }

    @Test("names keep their bytes: long ones, and in any character set")
    func names() async throws {
        let temporary = try TemporaryStore()
        let long = (1...20).map { "directory-number-\($0)" }.joined(separator: "/")
        let composed = "caf\u{E9}"
        let decomposed = "cafe\u{301}"
        let latin1: [UInt8] = [0x63, 0x61, 0x66, 0xE9]
        let root = try await temporary.unpack(
            TarBuilder.archive { tar in
                tar.add(.file, "short", pax: [("path", Array(long.utf8))])
                tar.add(.file, "x", pax: [("path", Array(composed.utf8))])
                tar.add(.file, "x", pax: [("path", Array(decomposed.utf8))])
                tar.add(.file, "x", pax: [("path", latin1)])
            }
        )
        #expect(FileTree.status(root.appending(long)) != nil)
        let found = Set(try FileTree.rawNames(root))
        #expect(found.isSuperset(of: [Array(composed.utf8), Array(decomposed.utf8), latin1]))
    }

    @Test("sparse files made by tar keep their holes and their content", .enabled(if: Shell.has("tar")))
    func sparse() async throws {
        let temporary = try TemporaryStore()
        let folder = temporary.directory.appending("source")
        try Shell.run(
            """
            mkdir '\(folder)' && cd '\(folder)' && truncate -s 8M sparse && \
            printf middle | dd of=sparse bs=1 seek=4000000 conv=notrunc status=none && \
            tar --sparse --format=gnu -cf ../gnu.tar sparse && tar --sparse --format=pax -cf ../pax.tar sparse
            """
        )
        for name in ["gnu.tar", "pax.tar"] {
            let root = try await temporary.unpack(FileTree.read(temporary.directory.appending(name)))
            let file = root.appending("sparse")
            let status = try #require(FileTree.status(file))
            #expect(status.st_size == 8 << 20)
            #expect(status.st_blocks * 512 < 1 << 20)
            #expect(try FileTree.read(file) == FileTree.read(folder.appending("sparse")))
        }
    }

    @Test("two layers that were unpacked stack to what the second one says, in a real overlay")
    func overlay() async throws {
        let temporary = try TemporaryStore()
        let lower = try await temporary.unpack(
            TarBuilder.archive { tar in
                tar.add(file: "etc/old", "old")
                tar.add(file: "etc/same", "lower")
                tar.add(file: "opaque/hidden", "hidden")
            }
        )
        let upper = try await temporary.unpack(
            TarBuilder.archive { tar in
                tar.add(.file, "etc/.wh.old")
                tar.add(file: "etc/same", "upper")
                tar.add(.file, "opaque/.wh..wh..opq")
                tar.add(file: "opaque/new", "new")
            }
        )
        let target = temporary.directory.appending("mounted")
        try Shell.run(
            """
            mkdir '\(target)' && unshare -m sh -c "mount -t overlay overlay -o lowerdir=\(upper):\(lower) '\(target)' && \
            cp -a '\(target)' '\(temporary.directory)/seen'"
            """
        )
        let seen = temporary.directory.appending("seen")
        #expect(try FileTree.list(seen) == ["etc", "etc/same", "opaque", "opaque/new"])
        #expect(try FileTree.text(seen.appending("etc/same")) == "upper")
    }
}
