// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
internal import SystemPackage

/// Reads a small file of a container's root filesystem from outside, where the image may be hostile.
///
/// Links are resolved inside the root, only a regular file is read (a fifo would block the host), and no more than
/// 1 MiB of it.
struct ContainerFile {
    private static let limit = 1 << 20

    /// The text of a file; empty if there is none.
    static func text(of path: FilePath, in root: borrowing Descriptor) throws(Errno) -> String {
        try textIfThere(of: path, in: root) ?? ""
    }

    /// The text of a file; `nil` if there is none.
    static func textIfThere(of path: FilePath, in root: borrowing Descriptor) throws(Errno) -> String? {
        let resolve = UInt64(NESTBOX_RESOLVE_IN_ROOT | NESTBOX_RESOLVE_NO_MAGICLINKS)
        let flags = UInt64(O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        let result = nestbox_openat2(root.rawValue, path.relativeToRoot.string, flags, 0, resolve)
        if result == -ENOENT || result == -ENOTDIR { return nil }
        let file = try Descriptor.take(result)
        let kind = try FileKind(of: file)
        guard kind.isRegularFile else { throw .invalidArgument }
        guard kind.size <= limit else { throw .fileTooLarge }
        return try read(file)
    }

    private static func read(_ file: borrowing Descriptor) throws(Errno) -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while bytes.count <= limit {
            let count: Int
            do {
                count = try chunk.withUnsafeMutableBytes { try file.borrowed.read(into: $0) }
            } catch let errno as Errno {
                throw errno
            } catch {
                throw .ioError
            }
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
