// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CSockets
import Glibc
public import SystemPackage

extension NetworkNamespace {
    /// Runs something inside the namespace, on a thread of its own.
    ///
    /// What it creates there, such as sockets, stays in the namespace wherever it is used later.
    ///
    /// - Parameter body: What to run; it may block.
    /// - Returns: What `body` returns.
    /// - Throws: ``NetworkError`` if the namespace can't be entered, and what `body` throws.
    public func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await DedicatedThread.run {
            try self.enter()
            return try body()
        }
    }

    /// Makes a TCP socket inside the namespace, at once and on the calling thread.
    ///
    /// The thread enters the namespace, makes the socket and goes back, in about 10 µs. The socket can be connected
    /// anywhere: 127.0.0.1 is the container's loopback.
    ///
    /// - Parameters:
    ///   - isIPv6: Whether it is for IPv6 addresses.
    ///   - home: The calling thread's namespace, to which it goes back.
    /// - Returns: The socket, non-blocking and close-on-exec, which belongs to the caller.
    /// - Throws: ``NetworkError`` if the namespace can't be entered or the system gives no socket.
    public func makeStreamSocket(
        isIPv6: Bool = false,
        returningTo home: NetworkNamespace
    ) throws(NetworkError) -> FileDescriptor {
        try makeSocket(SOCK_STREAM, isIPv6: isIPv6, returningTo: home)
    }

    /// Makes a UDP socket inside the namespace, at once and on the calling thread, as
    /// ``makeStreamSocket(isIPv6:returningTo:)`` makes one for TCP.
    ///
    /// - Parameters:
    ///   - isIPv6: Whether it is for IPv6 addresses.
    ///   - home: The calling thread's namespace, to which it goes back.
    /// - Returns: The socket, non-blocking and close-on-exec, which belongs to the caller.
    /// - Throws: ``NetworkError`` if the namespace can't be entered or the system gives no socket.
    public func makeDatagramSocket(
        isIPv6: Bool = false,
        returningTo home: NetworkNamespace
    ) throws(NetworkError) -> FileDescriptor {
        try makeSocket(SOCK_DGRAM, isIPv6: isIPv6, returningTo: home)
    }

    private func makeSocket(
        _ type: __socket_type,
        isIPv6: Bool,
        returningTo home: NetworkNamespace
    ) throws(NetworkError) -> FileDescriptor {
        try enter()
        let kind = CInt(bitPattern: type.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let made = socket(isIPv6 ? AF_INET6 : AF_INET, kind, 0)
        let failure = SystemCallError.last("socket")
        home.enterSurely()
        guard made >= 0 else { throw failure.asNetworkError("no socket could be made in the network namespace") }
        return FileDescriptor(rawValue: made)
    }

    /// Moves the calling thread into the namespace.
    package func enter() throws(NetworkError) {
        let result = try withDescriptor { csockets_enter_network_namespace($0) }
        guard result == 0 else {
            throw SystemCallError.last("setns").asNetworkError("the network namespace could not be entered")
        }
    }

    /// Moves the calling thread back where it came from.
    ///
    /// A thread that stayed in a container's namespace would serve others from there, so the program ends if even a few
    /// attempts fail, which the kernel lets happen only without memory or if someone took the capability away meanwhile.
    private func enterSurely() {
        for _ in 0..<100 {
            if (try? enter()) != nil { return }
            usleep(1000)
        }
        fatalError("a thread could not leave a container's network namespace")
    }
}
