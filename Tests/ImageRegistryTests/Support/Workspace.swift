// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import ImageStore
import SystemPackage

/// A directory of a test's own, which goes with this value.
final class Workspace {
    let directory: FilePath

    init() throws {
        directory = FilePath("/tmp/nestbox-registry-tests-\(getpid())-\(UInt64.random(in: .min ... .max))")
        guard mkdir(directory.string, 0o700) == 0 else { throw Errno(rawValue: errno) }
    }

    deinit {
        try? Process.run("rm -rf '\(directory)'")
    }

    /// Makes a store.
    func store(_ name: String = "store") throws -> ImageStore {
        try ImageStore(root: directory.appending(name))
    }

    /// Writes a file.
    @discardableResult
    func write(_ text: String, as name: String) throws -> FilePath {
        let path = directory.appending(name)
        let file = try FileDescriptor.open(
            path,
            .writeOnly,
            options: [.create, .truncate],
            permissions: [.ownerReadWriteExecute]
        )
        try file.closeAfter { _ = try file.writeAll(text.utf8) }
        return path
    }

    func read(_ path: FilePath) throws -> [UInt8] {
        let file = try FileDescriptor.open(path, .readOnly)
        return try file.closeAfter {
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while case let count = try buffer.withUnsafeMutableBytes({ try file.read(into: $0) }), count > 0 {
                bytes += buffer[..<count]
            }
            return bytes
        }
    }

    /// Makes an image of one layer: a small file, and a large one of bytes that do not compress.
    func image(
        _ name: String,
        in store: ImageStore,
        content: String = "content",
        platform: Platform = .current,
        megabytes: Int = 3
    ) async throws -> Image {
        let folder = directory.appending("root-\(UInt32.random(in: .min ... .max))")
        try Process.run(
            """
            mkdir '\(folder)' && printf '%s' '\(content)' > '\(folder)/f' && \
            head -c \(megabytes)M /dev/urandom > '\(folder)/large' && tar -czf '\(folder).tar' -C '\(folder)' .
            """
        )
        return try await store.importRootFilesystem(
            archive: FilePath("\(folder).tar"),
            as: ImageReference(name),
            platform: platform
        )
    }

    /// The file `f` of an image's topmost layer.
    func content(of image: Image, in store: ImageStore) async throws -> String {
        let rootfs = try await store.prepareRootfs(of: image)
        return String(decoding: try read(rootfs.layers[0].appending("f")), as: UTF8.self)
    }
}
