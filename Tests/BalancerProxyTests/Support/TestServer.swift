// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Synchronization

@testable import BalancerProxy

/// A real TCP server on loopback that serves each client on a thread of its own.
final class TestServer: Sendable {
    let address: StreamAddress
    private let listener: TCPListener
    private let count = Mutex(0)

    /// How many clients have come.
    var clients: Int { count.withLock { $0 } }

    /// Serves with `serve` until the object is gone or ``stop()`` is called.
    init(backlog: Int = 1024, serve: @escaping @Sendable (TestSocket) throws -> Void) throws {
        let listener = try TCPListener(UnusedPort.address(), backlog: backlog)
        address = listener.localAddress
        self.listener = listener
        let descriptor = listener.socket.number
        _ = fcntl(descriptor, F_SETFL, 0)
        Thread.start { [weak self] in
            while true {
                // The thread keeps the listener, so that the number cannot become another's meanwhile.
                let client = withExtendedLifetime(listener) { accept(descriptor, nil, nil) }
                guard client >= 0 else { return }
                // A program that another test starts meanwhile must not keep the connection open.
                _ = fcntl(client, F_SETFD, FD_CLOEXEC)
                self?.count.withLock { $0 += 1 }
                let socket = TestSocket(adopting: client)
                Thread.start { try? serve(socket) }
            }
        }
    }

    deinit {
        stop()
    }

    /// Accepts no more: connects are refused from now on.
    func stop() {
        shutdown(listener.socket.number, CInt(SHUT_RDWR))
    }

    /// Sends back what comes, until the client ends its stream.
    static func echo() throws -> TestServer {
        try TestServer { socket in
            while true {
                let bytes = try socket.read()
                if bytes.isEmpty { return }
                try socket.write(bytes)
            }
        }
    }

    /// Says a name and ends the stream.
    static func greeter(_ name: String) throws -> TestServer {
        try TestServer { try $0.write(name) }
    }
}

/// Starts threads.
enum Thread {
    static func start(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Box(body))
        var thread = pthread_t()
        pthread_create(&thread, nil, threadMain, box.toOpaque())
        pthread_detach(thread)
    }

    /// Lets this thread sleep.
    static func pause(milliseconds: UInt32) {
        usleep(milliseconds * 1000)
    }

    /// Runs blocking calls without holding a thread of Swift's pool.
    static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            start { continuation.resume(with: Swift.Result { try body() }) }
        }
    }

    fileprivate final class Box: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }
}

private func threadMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    Unmanaged<Thread.Box>.fromOpaque(argument).takeRetainedValue().body()
    return nil
}
