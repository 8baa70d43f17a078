// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CImageStore
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A file descriptor that is closed when its owner lets go of it.
struct OpenFile: ~Copyable {
    /// The descriptor's number, valid as long as this value lives.
    let number: Int32

    /// Takes over a descriptor.
    init(owning number: Int32) {
        self.number = number
    }

    /// Opens a path that the store itself chose.
    ///
    /// - Throws: ``ImageStoreError`` with code `system`.
    init(_ path: FilePath, _ flags: Int32, mode: mode_t = 0o600) throws {
        let name = path.string
        number = try SystemCall.check("open", name) { open(name, flags | O_CLOEXEC, mode) }
    }

    deinit {
        close(number)
    }
}

extension OpenFile {
    /// Opens a path below `directory` without ever leaving it: no `..`, no absolute link, no magic link, no mount.
    ///
    /// - Returns: The file, or the `errno` value.
    static func beneath(_ directory: borrowing OpenFile, _ path: [CChar], _ flags: Int32) -> Result<Int32, Errno> {
        let resolve = UInt64(RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV)
        while true {
            let number = cimagestore_openat2(directory.number, path, UInt64(flags | O_CLOEXEC), 0, resolve)
            if number >= 0 { return .success(number) }
            // EAGAIN: something was renamed during the walk, so the kernel could not vouch for the result.
            guard errno == EINTR || errno == EAGAIN else { return .failure(Errno(rawValue: errno)) }
        }
    }

    /// Writes all the bytes at `offset`.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64, path: @autoclosure () -> String) throws {
        var done = 0
        while done < bytes.count {
            done += try SystemCall.count("pwrite", path()) {
                pwrite(number, bytes.baseAddress! + done, bytes.count - done, off_t(offset) + done)
            }
        }
    }

    /// Reads up to the buffer's size at `offset`; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64, path: @autoclosure () -> String) throws
        -> Int
    {
        try SystemCall.count("pread", path()) { pread(number, buffer.baseAddress, buffer.count, off_t(offset)) }
    }

    /// Forces what was written onto the disk.
    func synchronize(path: @autoclosure () -> String) throws {
        try SystemCall.check("fsync", path()) { fsync(number) }
    }

    /// What the file is.
    func status(path: @autoclosure () -> String) throws -> stat {
        var status = stat()
        try SystemCall.check("fstat", path()) { fstat(number, &status) }
        return status
    }
}
