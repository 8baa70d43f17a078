// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CLinux
import Glibc
import SystemPackage

extension OpenFile {
    /// Opens a path below this directory on which there is no link.
    func openBeneath(_ path: FileName, _ flags: CInt) throws(ImageBuilderError) -> OpenFile {
        let resolve = UInt64(
            NESTBOX_RESOLVE_BENEATH | NESTBOX_RESOLVE_NO_SYMLINKS | NESTBOX_RESOLVE_NO_MAGICLINKS
        )
        let path = path.isEmpty ? FileName(".") : path
        while true {
            let result = nestbox_openat2(number, path.bytes, UInt64(flags | O_CLOEXEC), 0, resolve)
            if result >= 0 { return OpenFile(owning: result) }
            guard -result == EINTR || -result == EAGAIN else {
                throw SystemCall.failure("openat2", path.description, Errno(rawValue: -result))
            }
        }
    }

    /// Opens the same file again to read it.
    func reopened() throws(ImageBuilderError) -> OpenFile {
        let path = processPath
        return OpenFile(
            owning: try SystemCall.check("open", path) { Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        )
    }

    /// Reads the file from its beginning to its end.
    func read(
        through buffer: UnsafeMutableRawBufferPointer,
        _ body: (UnsafeRawBufferPointer) throws(ImageBuilderError) -> Void
    ) throws(ImageBuilderError) {
        var position: Int64 = 0
        while true {
            let count = try SystemCall.count("pread", processPath) {
                pread(number, buffer.baseAddress, buffer.count, off_t(position))
            }
            if count == 0 { return }
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            position += Int64(count)
        }
    }

    /// The whole content, of at most `limit` bytes.
    func content(upTo limit: Int) throws(ImageBuilderError) -> [UInt8]? {
        var bytes: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { buffer.deallocate() }
        var isTooLarge = false
        try read(through: buffer) { (part) throws(ImageBuilderError) in
            if bytes.count + part.count > limit { isTooLarge = true } else { bytes.append(contentsOf: part) }
        }
        return isTooLarge ? nil : bytes
    }

    /// Appends all the bytes.
    func write(_ bytes: UnsafeRawBufferPointer) throws(ImageBuilderError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = try SystemCall.count("write", processPath) { Glibc.write(number, rest.baseAddress, rest.count) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Makes a file in this directory that was not there.
    func create(_ name: FileName, mode: mode_t = 0o600) throws(ImageBuilderError) -> OpenFile {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        return OpenFile(
            owning: try SystemCall.check("openat", name.description) { openat(number, name.bytes, flags, mode) }
        )
    }

    /// Removes what has a name in this directory, with all that is in it, and follows no link.
    func remove(_ name: FileName) throws(ImageBuilderError) {
        if unlinkat(number, name.bytes, 0) == 0 || errno == ENOENT { return }
        guard errno == EISDIR || errno == EPERM else { throw SystemCall.failure("unlinkat", name.description) }
        if let directory = try open(name, O_RDONLY | O_DIRECTORY) {
            for child in try directory.names() { try directory.remove(child) }
        }
        try SystemCall.check("unlinkat", name.description) { unlinkat(number, name.bytes, AT_REMOVEDIR) }
    }
}
