// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CSockets
import Glibc
import Synchronization

/// A thread that waits for datagrams on any number of sockets and hands each to who waits for it.
///
/// It has no work while nothing arrives. What it calls must not block.
package final class DatagramLoop: Sendable {
    /// How often those are asked who count time.
    private static let tick: CInt = 250
    /// How many datagrams of one socket are taken before the others have their turn.
    private static let burst = 32

    /// What is done with a datagram.
    typealias Handler = @Sendable (_ bytes: [UInt8], _ sender: SocketName) -> Void
    /// Is called from time to time until it returns that it need not be.
    typealias Timer = @Sendable (_ now: ContinuousClock.Instant) -> Bool

    private struct Source {
        let socket: DatagramSocket
        let handler: Handler
    }

    private struct State {
        var sources: [CInt: Source] = [:]
        var timers: [Timer] = []
        var isRunning = false
        var isClosed = false
    }

    private let wakeUp: CInt
    private let state = Mutex(State())

    /// Prepares; the thread starts with the first socket.
    ///
    /// - Throws: ``NetworkError`` if the system gives no descriptor.
    package init() throws(NetworkError) {
        wakeUp = eventfd(0, CInt(EFD_NONBLOCK | EFD_CLOEXEC))
        guard wakeUp >= 0 else {
            throw SystemCallError.last("eventfd").asNetworkError("the thread for datagrams could not be prepared")
        }
    }

    deinit {
        Glibc.close(wakeUp)
    }

    /// Begins to listen to a socket.
    func add(_ socket: DatagramSocket, _ handler: @escaping Handler) throws(NetworkError) {
        let starts = state.withLock { state in
            guard !state.isClosed else { return false }
            state.sources[socket.descriptor] = Source(socket: socket, handler: handler)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard starts else { return wake() }
        do {
            try DedicatedThread.start { self.run() }
        } catch {
            state.withLock { state in
                state.isRunning = false
                state.sources[socket.descriptor] = nil
            }
            throw error
        }
    }

    /// Stops listening to a socket.
    func remove(_ socket: DatagramSocket) {
        state.withLock { state in
            if state.sources[socket.descriptor]?.socket === socket { state.sources[socket.descriptor] = nil }
        }
        wake()
    }

    /// Begins to call something from time to time.
    func add(_ timer: @escaping Timer) {
        state.withLock { $0.timers.append(timer) }
        wake()
    }

    /// Ends the thread and lets go of every socket.
    package func close() {
        state.withLock { state in
            state.isClosed = true
            state.sources = [:]
            state.timers = []
        }
        wake()
    }

    private func wake() {
        eventfd_write(wakeUp, 1)
    }

    // MARK: The thread

    private func run() {
        while true {
            let (sources, hasTimers) = state.withLock { state in (state.sources, !state.timers.isEmpty) }
            if state.withLock({ $0.isClosed }) { return }
            var polled = sources.keys.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            polled.append(pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0))
            let count = poll(&polled, nfds_t(polled.count), hasTimers ? Self.tick : -1)
            guard count >= 0 || errno == EINTR else { return }
            if let last = polled.last, last.revents != 0 {
                var value: eventfd_t = 0
                eventfd_read(wakeUp, &value)
            }
            for entry in polled.dropLast() where entry.revents != 0 {
                if let source = sources[entry.fd] { Self.serve(source) }
            }
            if hasTimers { runTimers() }
        }
    }

    private static func serve(_ source: Source) {
        for _ in 0..<burst {
            guard let datagram = source.socket.receive() else { return }
            source.handler(datagram.bytes, datagram.sender)
        }
    }

    private func runTimers() {
        let timers = state.withLock { state in
            defer { state.timers = [] }
            return state.timers
        }
        let now = ContinuousClock.now
        let kept = timers.filter { $0(now) }
        state.withLock { state in if !state.isClosed { state.timers += kept } }
    }
}
