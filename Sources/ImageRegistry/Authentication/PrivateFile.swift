// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A small file that only its owner may read.
enum PrivateFile {
    /// The file's bytes, or `nil` if there is no such file.
    static func read(_ path: FilePath) throws -> [UInt8]? {
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            return try file.closeAfter {
                var bytes: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 16_384)
                while case let count = try buffer.withUnsafeMutableBytes({ try file.read(into: $0) }), count > 0 {
                    bytes += buffer[..<count]
                }
                return bytes
            }
        } catch Errno.noSuchFileOrDirectory {
            return nil
        }
    }

    /// Puts the bytes in the file's place, whole or not at all.
    ///
    /// - Throws: ``RegistryError`` with code `credentials`.
    static func replace(_ path: FilePath, with bytes: [UInt8]) throws {
        let temporary = FilePath("\(path).\(getpid()).new")
        do {
            mkdir(path.removingLastComponent().string, 0o700)
            let file = try FileDescriptor.open(
                temporary,
                .writeOnly,
                options: [.create, .truncate, .closeOnExec],
                permissions: .ownerReadWrite
            )
            try file.closeAfter { _ = try file.writeAll(bytes) }
            guard rename(temporary.string, path.string) == 0 else { throw Errno(rawValue: errno) }
        } catch let error as Errno {
            unlink(temporary.string)
            throw RegistryError(code: .credentials, message: "'\(path)' can't be written: \(error)")
        }
    }
}
