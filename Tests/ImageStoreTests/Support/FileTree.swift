// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// What tests look at in the file system.
enum FileTree {
    static func write(_ bytes: [UInt8], to path: FilePath) throws {
        let file = try FileDescriptor.open(
            path,
            .writeOnly,
            options: [.create, .truncate],
            permissions: .ownerReadWrite
        )
        try file.closeAfter { _ = try file.writeAll(bytes) }
    }

    static func read(_ path: FilePath) throws -> [UInt8] {
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

    static func text(_ path: FilePath) throws -> String {
        String(decoding: try read(path), as: UTF8.self)
    }

    /// What a path is, without following links; `nil` if there is nothing.
    static func status(_ path: FilePath) -> stat? {
        var status = stat()
        return lstat(path.string, &status) == 0 ? status : nil
    }

    static func names(_ path: FilePath) throws -> [String] {
        try rawNames(path).map { String(decoding: $0, as: UTF8.self) }.sorted()
    }

    /// The names in a directory as the bytes they are.
    static func rawNames(_ path: FilePath) throws -> [[UInt8]] {
        guard let stream = opendir(path.string) else { throw Errno(rawValue: errno) }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                Array($0.prefix { $0 != 0 })
            }
            if name != Array(".".utf8) && name != Array("..".utf8) { names.append(name) }
        }
        return names
    }

    /// Every path below a directory, sorted.
    static func list(_ path: FilePath, below prefix: String = "") throws -> [String] {
        try names(path).flatMap { name -> [String] in
            let child = path.appending(name)
            let isDirectory = status(child).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
            return [prefix + name] + (isDirectory ? try list(child, below: prefix + name + "/") : [])
        }
    }

    static func remove(_ path: FilePath) throws {
        if let status = status(path), status.st_mode & S_IFMT == S_IFDIR {
            for name in try names(path) { try remove(path.appending(name)) }
            rmdir(path.string)
        } else {
            unlink(path.string)
        }
    }
}
