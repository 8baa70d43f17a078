// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc
package import SystemPackage

/// Small files, read and written whole.
package enum StateFile {
    /// More than any configuration is long.
    private static let limit = 64 << 20

    package static func read(_ path: FilePath) throws -> [UInt8] {
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            return try file.closeAfter { try readAll(file) }
        } catch let errno as Errno {
            throw OCIError("\(path) can't be read: \(errno)")
        }
    }

    package static func readAll(_ file: FileDescriptor) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = try chunk.withUnsafeMutableBytes { try file.read(into: $0) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
            if bytes.count > limit { throw OCIError("a file of more than \(limit) bytes is refused") }
        }
    }

    /// Writes a file so that a reader finds either all of it or none.
    package static func write(_ bytes: some Sequence<UInt8>, to path: FilePath) throws {
        let temporary = FilePath(path.string + ".new")
        do {
            let file = try FileDescriptor.open(
                temporary,
                .writeOnly,
                options: [.create, .truncate, .closeOnExec],
                permissions: .ownerReadWrite
            )
            _ = try file.closeAfter { try file.writeAll(bytes) }
            guard rename(temporary.string, path.string) == 0 else { throw Errno(rawValue: errno) }
        } catch let errno as Errno {
            throw OCIError("\(path) can't be written: \(errno)")
        }
    }
}
