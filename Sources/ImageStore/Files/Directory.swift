// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Directories of the store: made, listed, synced and removed.
enum Directory {
    /// Makes a directory, and those above it; one that exists is left as it is.
    static func make(_ path: FilePath, mode: mode_t = 0o700) throws {
        let name = path.string
        if mkdir(name, mode) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, !path.removingLastComponent().isEmpty else {
            throw SystemCall.error("mkdir", name, errno)
        }
        try make(path.removingLastComponent(), mode: mode)
        guard mkdir(name, mode) == 0 || errno == EEXIST else { throw SystemCall.error("mkdir", name, errno) }
    }

    /// The names in a directory, without `.` and `..`; empty if there is no such directory.
    static func names(in path: FilePath) throws -> [String] {
        guard let stream = opendir(path.string) else {
            if errno == ENOENT { return [] }
            throw SystemCall.error("opendir", path.string, errno)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let name = nextName(in: stream) {
            names.append(String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
        return names
    }

    /// Makes the directory's entries durable.
    static func synchronize(_ path: FilePath) throws {
        try OpenFile(path, O_RDONLY | O_DIRECTORY).synchronize(path: path.string)
    }

    /// Moves a file, in place of what has that name.
    static func rename(_ path: FilePath, to target: FilePath) throws {
        try SystemCall.check("rename", target.string) { renameat(AT_FDCWD, path.string, AT_FDCWD, target.string) }
    }

    /// Removes a file or a directory with all that is in it, following no link.
    ///
    /// A missing one is no error.
    static func remove(_ path: FilePath) throws {
        try remove(Array(path.string.utf8CString), at: AT_FDCWD)
    }

    /// Removes `name` in the directory `parent`, following no link.
    ///
    /// A missing one is no error.
    static func remove(_ name: [CChar], at parent: Int32) throws {
        if unlinkat(parent, name, 0) == 0 || errno == ENOENT { return }
        guard errno == EISDIR || errno == EPERM else { throw failure("unlinkat", name) }
        try removeContents(of: name, at: parent)
        guard unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT else { throw failure("unlinkat", name) }
    }

    private static func removeContents(of name: [CChar], at parent: Int32) throws {
        let number = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw failure("openat", name) }
        guard let stream = fdopendir(number) else {
            let error = failure("fdopendir", name)
            close(number)
            throw error
        }
        defer { closedir(stream) }
        while let child = nextName(in: stream) { try remove(child, at: number) }
    }

    /// The names in an open directory as bytes, each with its zero, in the order of the bytes.
    static func rawNames(in directory: Int32) throws -> [[CChar]] {
        // A descriptor of its own: the stream closes it, and its position is not shared.
        let own = try SystemCall.check("openat", ".") { openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard let stream = fdopendir(own) else {
            let error = SystemCall.error("fdopendir", ".", errno)
            close(own)
            throw error
        }
        defer { closedir(stream) }
        var names: [[CChar]] = []
        while let name = nextName(in: stream) { names.append(name) }
        return names.sorted { first, second in
            first.lexicographicallyPrecedes(second) { UInt8(bitPattern: $0) < UInt8(bitPattern: $1) }
        }
    }

    /// The next name in an open directory, as bytes, without `.` and `..`.
    private static func nextName(in stream: OpaquePointer) -> [CChar]? {
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                bytes.prefix { $0 != 0 }.map { CChar(bitPattern: $0) }
            }
            let isSpecial = name.count <= 2 && name.allSatisfy { $0 == CChar(bitPattern: UInt8(ascii: ".")) }
            if !isSpecial { return name + [0] }
        }
        return nil
    }

    private static func failure(_ operation: String, _ name: [CChar]) -> ImageStoreError {
        SystemCall.error(
            operation,
            String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self),
            errno
        )
    }
}
