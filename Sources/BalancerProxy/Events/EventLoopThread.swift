// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// A thread that runs one event loop, until the last reference to this object is gone.
final class EventLoopThread: Sendable {
    let port: EventLoopPort

    /// Starts the thread.
    ///
    /// It takes no signals: those belong to the program's own threads.
    init() throws(SystemCallError) {
        port = try EventLoopPort()
        let start = Unmanaged.passRetained(port)
        var thread = pthread_t()
        let result = pthread_create(&thread, nil, eventLoopThreadMain, start.toOpaque())
        guard result == 0 else {
            start.release()
            throw SystemCallError(call: "pthread_create", number: result)
        }
        pthread_detach(thread)
    }

    deinit {
        port.submit { $0.stop() }
    }
}

private func eventLoopThreadMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let port = Unmanaged<EventLoopPort>.fromOpaque(argument).takeRetainedValue()
    var signals = sigset_t()
    sigfillset(&signals)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    do {
        try EventLoop(port: port).run()
    } catch {
        // Watching the wake-up descriptor of a loop just made fails only without kernel memory.
        fatalError("an event loop could not begin: \(error)")
    }
    return nil
}
