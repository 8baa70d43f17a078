// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc
internal import SystemPackage

/// Sockets of the file system that only this user reaches, however long their path is.
enum AttachSocket {
    /// Makes a socket that listens.
    ///
    /// - Throws: ``SystemFailure``.
    static func listen(at path: FilePath) throws(SystemFailure) -> CInt {
        unlink(path.string)
        let descriptor = try make(path) { descriptor, address, size in
            bind(descriptor, address, size)
        }
        guard chmod(path.string, 0o600) == 0, Glibc.listen(descriptor, 16) == 0 else {
            let failure = SystemFailure.last("listen", path)
            close(descriptor)
            throw failure
        }
        return descriptor
    }

    /// Connects to a socket.
    ///
    /// - Throws: ``SystemFailure``.
    static func connect(to path: FilePath) throws(SystemFailure) -> CInt {
        try make(path) { descriptor, address, size in
            Glibc.connect(descriptor, address, size)
        }
    }

    /// Takes a client that is this user, or root; others are refused.
    static func accept(_ listener: CInt) -> CInt? {
        let descriptor = Glibc.accept(listener, nil, nil)
        guard descriptor >= 0 else { return nil }
        // A process, its user and its group (unix(7)).
        var peer: (pid: Int32, uid: UInt32, gid: UInt32) = (0, .max, .max)
        var size = socklen_t(MemoryLayout.size(ofValue: peer))
        guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0, fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0,
            getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0, peer.uid == 0 || peer.uid == geteuid()
        else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    /// Names the socket by a descriptor of its directory: an address has room for 107 bytes only.
    private static func make(
        _ path: FilePath,
        _ use: (CInt, UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) throws(SystemFailure) -> CInt {
        let directory = open(path.removingLastComponent().string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw .last("open", path.removingLastComponent()) }
        defer { close(directory) }
        let kind = CInt(bitPattern: SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { throw .last("socket", path) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = "/proc/self/fd/\(directory)/\(path.lastComponent?.string ?? "")"
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name.utf8.prefix($0.count - 1)) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                use(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            let failure = SystemFailure.last("connect", path)
            close(descriptor)
            throw failure
        }
        return descriptor
    }
}
