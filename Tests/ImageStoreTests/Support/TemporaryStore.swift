// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import ImageStore
import SystemPackage

/// A store in a directory of its own, which goes with this value.
final class TemporaryStore {
    let directory: FilePath
    let store: ImageStore

    init(limits: LayerLimits = LayerLimits()) throws {
        directory = FilePath("/tmp/nestbox-imagestore-tests-\(getpid())-\(UInt64.random(in: .min ... .max))")
        guard mkdir(directory.string, 0o700) == 0 else { throw Errno(rawValue: errno) }
        store = try ImageStore(root: directory.appending("store"), limits: limits)
    }

    deinit {
        // By the tool, since some tests make names that are no text.
        try? Shell.run("rm -rf '\(directory)'")
    }

    /// Writes a file beside the store.
    func write(_ bytes: [UInt8], as name: String) throws -> FilePath {
        let path = directory.appending(name)
        try FileTree.write(bytes, to: path)
        return path
    }

    /// Imports an archive as an image and gives the directory its one layer was unpacked into.
    func unpack(_ archive: [UInt8]) async throws -> FilePath {
        let path = try write(archive, as: "archive-\(UInt32.random(in: .min ... .max)).tar")
        let image = try await store.importRootFilesystem(archive: path, as: ImageReference("test"))
        return try await store.prepareRootfs(of: image).layers[0]
    }

    /// What the store holds, to see that something left no trace: every path below it, with sizes of files.
    func contents() throws -> [String] {
        try FileTree.list(store.root).filter { !$0.hasSuffix(".lock") }
    }
}
