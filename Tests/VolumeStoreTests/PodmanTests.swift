// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage
import Testing
import VolumeStore

@Suite("Archives that go to Podman and come from it", .needs("podman"))
struct PodmanTests {
    private func podman(_ directory: FilePath, _ arguments: String) throws -> String {
        let place = "--root '\(directory)/graph' --runroot '\(directory)/run' --storage-driver vfs"
        return try FileTree.run("/bin/sh", "-c", "podman \(place) \(arguments) 2>&1")
    }

    @Test("podman volume import reads what is exported", arguments: [ArchiveCompression.none, .gzip, .zstd])
    func exported(compression: ArchiveCompression) async throws {
        try await TemporaryStore.with { test in
            let volume = try await test.store.create(VolumeRequest(name: "vol"))
            try FileTree.make(volume.mountpoint.appending("tree"))
            try TreeFixture.make(volume.mountpoint.appending("tree/fixture"))
            let archive = test.directory.appending("vol.tar")
            let file = try FileDescriptor.open(
                archive,
                .writeOnly,
                options: .create,
                permissions: .init(rawValue: 0o600)
            )
            defer { try? file.close() }
            var options = ExportOptions()
            options.compression = compression
            try await test.store.exportArchive("vol", to: file, options: options)

            _ = try podman(test.directory, "volume create theirs")
            _ = try podman(test.directory, "volume import theirs '\(archive)'")
            let path = try podman(test.directory, "volume inspect --format '{{.Mountpoint}}' theirs")
            let imported = FilePath(String(path.prefix { $0 != "\n" })).appending("tree")
            // Podman makes no holes, and drops attributes without a value; all else is the same.
            func lines(_ path: FilePath) throws -> [Substring] {
                let lines = try TreeFixture.describe(path).split(separator: "\n")
                return lines.filter { !$0.contains("/sparse'") && !$0.hasPrefix("b'./fixture/sub' ") }
            }
            #expect(try lines(imported) == lines(volume.mountpoint.appending("tree")))
            let sum = "sha256sum < '\(imported)/fixture/sparse'; stat -c '%a %u %g %Y' '\(imported)/fixture/sub'"
            let here = sum.replacing(imported.string, with: volume.mountpoint.appending("tree").string)
            #expect(try FileTree.run("/bin/sh", "-c", sum) == FileTree.run("/bin/sh", "-c", here))
        }
    }

    @Test("what podman volume export writes is imported the same")
    func imported() async throws {
        try await TemporaryStore.with { test in
            _ = try podman(test.directory, "volume create theirs")
            let output = try podman(test.directory, "volume inspect --format '{{.Mountpoint}}' theirs")
            let theirs = FilePath(String(output.prefix { $0 != "\n" }))
            try TreeFixture.make(theirs.appending("tree"))
            let archive = test.directory.appending("theirs.tar")
            _ = try podman(test.directory, "volume export --output '\(archive)' theirs")
            let file = try FileDescriptor.open(archive, .readOnly)
            defer { try? file.close() }
            let volume = try await test.store.create(VolumeRequest(name: "vol"))
            try await test.store.importArchive("vol", from: file)
            // Podman's archives have times in whole seconds and no holes.
            let columns = { (path: FilePath) in
                try FileTree.run("/bin/sh", "-c", "cd '\(path)' && find tree -printf '%p %y %m %U %G %n %l\\n' | sort")
            }
            #expect(try columns(volume.mountpoint) == columns(theirs))
            #expect(try FileTree.read(volume.mountpoint.appending("tree/second-name")) == "one")
        }
    }
}
