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

    /// Makes a socket inside the namespace, at once and on the calling thread.
    ///
    /// The thread enters the namespace, makes the socket and goes back, in about 10 µs; it must not be one that was left
    /// to this process by someone who holds it in another namespace of the same kind for longer than the call.
    ///
    /// - Parameters:
    ///   - family: The address family, such as `AF_INET`.
    ///   - kind: The kind, such as `SOCK_STREAM`; the socket is always non-blocking and close-on-exec.
    ///   - home: The calling thread's namespace, to which it goes back.
    /// - Returns: The socket, which belongs to the caller.
    /// - Throws: ``NetworkError`` if the namespace can't be entered or the system gives no socket.
    public func makeSocket(
        family: Int32,
        kind: Int32,
        returningTo home: NetworkNamespace
    ) throws(NetworkError) -> FileDescriptor {
        try enter()
        let flags = CInt(bitPattern: SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let made = socket(family, kind | flags, 0)
        let failure = SystemCallError.last("socket")
        home.enterSurely()
        guard made >= 0 else { throw failure.asNetworkError("no socket could be made in the network namespace") }
        return FileDescriptor(rawValue: made)
    }

    /// Moves the calling thread into the namespace.
    func enter() throws(NetworkError) {
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
