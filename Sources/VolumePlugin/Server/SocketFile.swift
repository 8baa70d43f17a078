// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import VolumeStore

/// Where a server listens: a unix socket that only its owner can connect to, from the first moment.
///
/// The socket is bound in a directory that nobody else can enter, gets its mode there, and then takes its place in one
/// step. So it is never open to others, and a socket that a dead server left is replaced.
struct SocketFile: Sendable {
    /// The final place.
    let path: FilePath
    /// Where the server binds.
    let temporary: FilePath
    private let directory: FilePath

    /// Makes the private directory, and what is missing of the socket's: before Docker's first start there is no
    /// `/run/docker`.
    ///
    /// - Throws: ``VolumeError`` with `inUse` if a server listens at `path`, `alreadyExists` if something else is there.
    init(_ path: FilePath) throws(VolumeError) {
        self.path = path
        let parent = path.removingLastComponent()
        directory = parent.appending(".\(path.lastComponent?.string ?? "socket").\(getpid())")
        temporary = directory.appending("s")
        guard path.isAbsolute, path.string.utf8.count < 100, temporary.string.utf8.count < 108 else {
            throw VolumeError(
                .invalidOption,
                "a unix socket needs an absolute path of less than 100 bytes, not '\(path)'"
            )
        }
        try Self.refuseTaken(path)
        try Self.makeDirectories(parent)
        // One of ours that was killed may have had the same process number.
        discard()
        if directory.withPlatformString({ mkdir($0, 0o700) }) != 0 { throw Self.failure("mkdir", directory) }
    }

    private static func makeDirectories(_ path: FilePath) throws(VolumeError) {
        if path.withPlatformString({ mkdir($0, 0o755) }) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, !path.removingLastComponent().isEmpty else { throw failure("mkdir", path) }
        try makeDirectories(path.removingLastComponent())
        guard path.withPlatformString({ mkdir($0, 0o755) }) == 0 || errno == EEXIST else {
            throw failure("mkdir", path)
        }
    }

    /// Puts the bound socket in its place.
    func publish() throws(VolumeError) {
        guard temporary.withPlatformString({ chmod($0, 0o600) }) == 0 else { throw Self.failure("chmod", temporary) }
        let result = temporary.withPlatformString { from in path.withPlatformString { to in rename(from, to) } }
        guard result == 0 else { throw Self.failure("rename", path) }
        discard()
    }

    /// Removes the private directory.
    func discard() {
        _ = temporary.withPlatformString { unlink($0) }
        _ = directory.withPlatformString { rmdir($0) }
    }

    /// Removes the socket, at the end.
    func remove() {
        _ = path.withPlatformString { unlink($0) }
    }

    private static func refuseTaken(_ path: FilePath) throws(VolumeError) {
        var status = stat()
        guard path.withPlatformString({ lstat($0, &status) }) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw VolumeError(.alreadyExists, "there is something at '\(path)' that is no socket")
        }
        guard try !isAlive(path) else { throw VolumeError(.inUse, "a server listens at '\(path)' already") }
    }

    private static func isAlive(_ path: FilePath) throws(VolumeError) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure("socket", path) }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.string.utf8.prefix(107)) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }

    private static func failure(_ operation: String, _ path: FilePath) -> VolumeError {
        let errno = Errno(rawValue: errno)
        return VolumeError(
            errno == .permissionDenied || errno == .notPermitted ? .notWritable : .inputOutput,
            "the plugin's socket can't be made",
            cause: .init(operation: operation, path: path, errno: errno)
        )
    }
}
