// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Files that are read and replaced as a whole.
enum SmallFile {
    /// The file's bytes, or `nil` if there is no such file.
    ///
    /// - Throws: ``ImageStoreError`` with code `limitExceeded` if the file is larger than `limit` bytes.
    static func read(_ path: FilePath, limit: Int) throws -> [UInt8]? {
        let name = path.string
        let number = open(name, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else {
            if errno == ENOENT { return nil }
            throw SystemCall.error("open", name, errno)
        }
        let file = OpenFile(owning: number)
        let size = try Int(file.status(path: name).st_size)
        guard size <= limit else {
            throw ImageStoreError(
                code: .limitExceeded,
                message: "'\(name)' has \(size) bytes, more than the \(limit) such a document may have",
                path: name
            )
        }
        return try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
                let got = try file.read(into: rest, at: Int64(count), path: name)
                if got == 0 { break }
                count += got
            }
        }
    }

    /// Puts the bytes in the file's place, so that a reader and a crash see the old or the new ones, whole.
    static func replace(_ path: FilePath, with bytes: [UInt8]) throws {
        let temporary = FilePath(path.string + ".\(getpid())-\(UInt32.random(in: .min ... .max)).new")
        do {
            let file = try OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
            try bytes.withUnsafeBytes { try file.write($0, at: 0, path: temporary.string) }
            try file.synchronize(path: temporary.string)
            try SystemCall.check("rename", path.string) { rename(temporary.string, path.string) }
        } catch {
            unlink(temporary.string)
            throw error
        }
        try Directory.synchronize(path.removingLastComponent())
    }
}
