// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
internal import Synchronization
internal import SystemPackage

/// One thread that waits for all of a runtime's descriptors: ends of processes, streams, words from stages.
///
/// However many containers run, no other thread waits for them.
final class Reactor: Sendable {
    /// What to wait for.
    enum Interest {
        case readable
        case writable
        /// A change of a kernel file that its kind announces in this way.
        case exceptional

        fileprivate var mask: UInt32 {
            switch self {
            case .readable: EPOLLIN.rawValue
            case .writable: EPOLLOUT.rawValue
            case .exceptional: EPOLLPRI.rawValue
            }
        }
    }

    /// Names a wait, so that it can be given up.
    struct Token: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    private struct Wait {
        var descriptor: CInt
        var ready: @Sendable () -> Void
    }

    private struct State {
        var waits: [UInt64: Wait] = [:]
        var next: UInt64 = 1
        var isClosed = false
    }

    private let poll: Descriptor
    private let wakeUp: WakeUp
    private let state = Mutex(State())

    /// - Throws: ``ContainerError`` if there can be no more descriptors or threads.
    init() throws(ContainerError) {
        do throws(Errno) {
            let result = epoll_create1(CInt(EPOLL_CLOEXEC))
            guard result >= 0 else { throw Errno(rawValue: Glibc.errno) }
            poll = try Descriptor(owning: result).aboveStandardStreams()
            wakeUp = try WakeUp()
            try Self.control(poll, EPOLL_CTL_ADD, wakeUp.descriptor.rawValue, EPOLLIN.rawValue, 0)
        } catch {
            throw ContainerError(
                .launch,
                "the runtime's event loop can't be made",
                operation: "epoll_create1",
                errno: error
            )
        }
    }

    /// Starts the thread, which keeps the reactor until ``close()``.
    func start() throws(ContainerError) {
        try NativeThread.start("nestbox-events") { self.run() }
    }

    /// Ends the thread.
    ///
    /// Waits that are left never become ready.
    func close() {
        state.withLock { $0.isClosed = true }
        wakeUp.raise()
    }

    /// Calls `ready` once, on the reactor's thread, when the descriptor is ready or its other end is gone.
    ///
    /// The descriptor has to stay open until then, or until the wait is cancelled.
    @discardableResult
    func wait(
        for interest: Interest,
        of descriptor: CInt,
        then ready: @escaping @Sendable () -> Void
    ) throws(Errno) -> Token {
        let number = state.withLock { state in
            defer { state.next += 1 }
            state.waits[state.next] = Wait(descriptor: descriptor, ready: ready)
            return state.next
        }
        do {
            let mask = interest.mask | EPOLLONESHOT.rawValue
            do throws(Errno) {
                try Self.control(poll, EPOLL_CTL_ADD, descriptor, mask, number)
            } catch  where error == .fileExists {
                // It has been waited for before: after a shot it stays registered, disarmed, until it is closed.
                try Self.control(poll, EPOLL_CTL_MOD, descriptor, mask, number)
            }
        } catch {
            _ = state.withLock { $0.waits.removeValue(forKey: number) }
            throw error
        }
        return Token(number: number)
    }

    /// Gives a wait up.
    ///
    /// Whether it was still pending: if not, `ready` has been or is being called.
    @discardableResult
    func cancel(_ token: Token) -> Bool {
        guard let wait = take(token.number) else { return false }
        try? Self.control(poll, EPOLL_CTL_DEL, wait.descriptor, 0, 0)
        return true
    }

    private func take(_ number: UInt64) -> Wait? {
        state.withLock { $0.waits.removeValue(forKey: number) }
    }

    private func run() {
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        while !state.withLock({ $0.isClosed }) {
            let count = epoll_wait(poll.rawValue, &events, CInt(events.count), -1)
            guard count > 0 else { continue }
            for event in events.prefix(Int(count)) {
                guard event.data.u64 != 0 else { continue }
                take(event.data.u64)?.ready()
            }
        }
    }

    private static func control(
        _ poll: borrowing Descriptor,
        _ operation: CInt,
        _ descriptor: CInt,
        _ mask: UInt32,
        _ number: UInt64
    ) throws(Errno) {
        var event = epoll_event()
        event.events = mask
        event.data.u64 = number
        guard epoll_ctl(poll.rawValue, operation, descriptor, &event) == 0 else {
            throw Errno(rawValue: Glibc.errno)
        }
    }
}
