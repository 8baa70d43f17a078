// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import ImageStore

/// Class H of the list of what a runtime must be designed against.
@Suite("Hostile archives", .enabled(if: Privileges.isRoot, "\(Privileges.absence)"))
struct HostileArchiveTests {
    /// An archive that must be refused, and with which code.
    struct Attack: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var code: ImageStoreError.Code
        var build: @Sendable (inout TarBuilder) -> Void

        init(_ name: String, _ code: ImageStoreError.Code, _ build: @escaping @Sendable (inout TarBuilder) -> Void) {
            testDescription = name
            self.code = code
            self.build = build
        }
    }

    static let attacks: [Attack] = [
        Attack("a path that climbs out", .hostileArchive) { $0.add(file: "../../escaped", "x") },
        Attack("a path that climbs out in the middle", .hostileArchive) { $0.add(file: "a/../../escaped", "x") },
        Attack("a directory that climbs out", .hostileArchive) { $0.add(directory: "../escaped") },
        Attack("a hard link to outside", .hostileArchive) { $0.add(.hardLink, "x", link: "../../../etc/passwd") },
        Attack("a hard link to a file of the host", .hostileArchive) { $0.add(.hardLink, "x", link: "/etc/passwd") },
        Attack("a hard link to what is not in the layer", .hostileArchive) { $0.add(.hardLink, "x", link: "y") },
        Attack("a hard link to the root", .hostileArchive) { $0.add(.hardLink, "x", link: "./") },
        Attack("writing through an absolute link", .hostileArchive) { tar in
            tar.add(.symbolicLink, "out", link: "/tmp")
            tar.add(file: "out/nestbox-escaped", "x")
        },
        Attack("writing through a link that climbs out", .hostileArchive) { tar in
            tar.add(.symbolicLink, "out", link: "../../../../../../tmp")
            tar.add(file: "out/nestbox-escaped", "x")
        },
        Attack("writing through a chain of links", .hostileArchive) { tar in
            tar.add(directory: "a")
            tar.add(.symbolicLink, "a/up", link: "..")
            tar.add(.symbolicLink, "b", link: "a/up/..")
            tar.add(file: "b/nestbox-escaped", "x")
        },
        Attack("making a directory through a link", .hostileArchive) { tar in
            tar.add(.symbolicLink, "out", link: "/tmp")
            tar.add(directory: "out/nestbox-escaped/deep")
        },
        Attack("a hard link through a link to outside", .hostileArchive) { tar in
            tar.add(.symbolicLink, "out", link: "/etc")
            tar.add(.hardLink, "x", link: "out/passwd")
        },
        Attack("links that form a loop", .hostileArchive) { tar in
            tar.add(.symbolicLink, "a", link: "b")
            tar.add(.symbolicLink, "b", link: "a")
            tar.add(file: "a/x", "x")
        },
        Attack("a file where a directory is needed", .hostileArchive) { tar in
            tar.add(file: "a", "x")
            tar.add(file: "a/b", "x")
        },
        Attack("a link in the root's place", .hostileArchive) { $0.add(.symbolicLink, "./", link: "/") },
        Attack("a whiteout of the directory itself", .hostileArchive) { $0.add(.file, "a/.wh..") },
        Attack("a whiteout of the parent", .hostileArchive) { $0.add(.file, "a/.wh...") },
        Attack("a whiteout of nothing", .hostileArchive) { $0.add(.file, "a/.wh.") },
        Attack("a whiteout through a link", .hostileArchive) { tar in
            tar.add(.symbolicLink, "out", link: "/etc")
            tar.add(.file, "out/.wh.passwd")
        },
        Attack("too many devices", .limitExceeded) { tar in
            for number in 0...20 { tar.add(.characterDevice, "d\(number)", device: (1, number)) }
        },
        Attack("too many entries", .limitExceeded) { tar in
            for number in 0...200 { tar.add(.file, "f\(number)") }
        },
        Attack("a path that is too long", .limitExceeded) { tar in
            let path = [UInt8](repeating: UInt8(ascii: "a"), count: 5_000)
            tar.add(.file, "x", pax: [("path", path)])
        },
        Attack("too large attributes", .limitExceeded) { tar in
            tar.add(.file, "x", pax: [("SCHILY.xattr.user.big", [UInt8](repeating: 1, count: 3_000))])
        },
        Attack("a size larger than the archive", .invalidArchive) { tar in
            tar.add(.file, "x", content: [1, 2, 3], claimedSize: 1 << 30)
        },
    ]

    static let limits = {
        var limits = LayerLimits()
        limits.devices = 20
        limits.entries = 200
        limits.attributeBytes = 2_000
        return limits
    }()

    @Test("is refused with a clear error, touches nothing outside, and leaves no trace", arguments: attacks)
    func refused(attack: Attack) async throws {
        let temporary = try TemporaryStore(limits: Self.limits)
        let before = try temporary.contents()
        let archive = try temporary.write(TarBuilder.archive(attack.build), as: "hostile.tar")
        let error = await #expect(throws: ImageStoreError.self) {
            try await temporary.store.importRootFilesystem(archive: archive, as: ImageReference("hostile"))
        }
        #expect(error?.code == attack.code, "\(error.map(String.init(describing:)) ?? "")")
        #expect(FileTree.status("/tmp/nestbox-escaped") == nil)
        #expect(try temporary.contents() == before)
        #expect(try FileTree.names(temporary.directory) == ["hostile.tar", "store"])
    }

    @Test("a small file that decompresses to too much is refused", arguments: ["gzip", "zstd", "xz"])
    func bomb(tool: String) async throws {
        var limits = LayerLimits()
        limits.archiveSize = 4 << 20
        let temporary = try TemporaryStore(limits: limits)
        let before = try temporary.contents()
        let bomb = temporary.directory.appending("bomb")
        let plain = try temporary.write(
            TarBuilder.archive { $0.add(.file, "zeros", content: [UInt8](repeating: 0, count: 8 << 20)) },
            as: "plain.tar"
        )
        try Shell.run("\(tool) -c '\(plain)' > '\(bomb)'")
        let error = await #expect(throws: ImageStoreError.self) {
            try await temporary.store.importRootFilesystem(archive: bomb, as: ImageReference("bomb"))
        }
        #expect(error?.code == .limitExceeded)
        #expect(try temporary.contents() == before)
    }

    @Test("a compressed archive that was cut short is refused", arguments: ["gzip", "zstd", "xz"])
    func truncated(tool: String) async throws {
        let temporary = try TemporaryStore()
        let before = try temporary.contents()
        let plain = try temporary.write(RootFilesystemImportTests.archive, as: "plain.tar")
        let packed = temporary.directory.appending("packed")
        try Shell.run("\(tool) -c '\(plain)' > '\(packed)' && truncate -s -40 '\(packed)'")
        let error = await #expect(throws: ImageStoreError.self) {
            try await temporary.store.importRootFilesystem(archive: packed, as: ImageReference("cut"))
        }
        #expect(error?.code == .invalidArchive)
        #expect(try temporary.contents() == before)
    }
}
