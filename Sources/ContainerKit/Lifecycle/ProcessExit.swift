// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
internal import Synchronization
internal import SystemPackage

/// The end of one process: waited for by the reactor, reaped once, told to everyone who asks.
///
/// The process is only ever named by its descriptor, so a signal can't reach another that got its number.
final class ProcessExit: Sendable {
    private struct State: ~Copyable {
        var status: TerminationStatus?
        var waiters: [UInt64: CheckedContinuation<TerminationStatus?, Never>] = [:]
        var cancelled: Set<UInt64> = []
        var observers: [@Sendable (TerminationStatus) -> Void] = []
        var next: UInt64 = 0
    }

    /// An end, and who is to be told of it.
    private struct Found {
        var status: TerminationStatus
        var waiters: [CheckedContinuation<TerminationStatus?, Never>]
        var observers: [@Sendable (TerminationStatus) -> Void]
    }

    let pid: CInt
    private let pidfd: Descriptor
    private let state = Mutex(State())
    private let ended: @Sendable (TerminationStatus) -> Void

    /// Takes over a process.
    ///
    /// - Parameters:
    ///   - process: The process.
    ///   - ended: Called once, on the reactor's thread, before anyone else is told.
    init(_ process: LaunchedProcess, ended: @escaping @Sendable (TerminationStatus) -> Void) {
        pid = process.pid
        pidfd = Descriptor(owning: process.pidfd)
        self.ended = ended
    }

    /// Begins to wait for the end.
    ///
    /// - Throws: ``ContainerError`` if the kernel has no room for another wait; the process is killed and reaped then.
    func watch(by reactor: Reactor) throws(ContainerError) {
        do {
            try reactor.wait(for: .readable, of: pidfd.rawValue) { self.reap() }
        } catch {
            _ = nestbox_send_signal(pidfd.rawValue, Signal.kill.rawValue)
            var poll = FileDescriptorPoll(pidfd.borrowed)
            poll.waitUntilReadable()
            reap()
            throw ContainerError(.launch, "the container can't be watched", operation: "epoll_ctl", errno: error)
        }
    }

    /// How the process ended; `nil` while it runs.
    var status: TerminationStatus? {
        state.withLock { $0.status }
    }

    /// Calls `observer` once, at the end or now if that is past.
    func whenEnded(_ observer: @escaping @Sendable (TerminationStatus) -> Void) {
        let status = state.withLock { state in
            if state.status == nil { state.observers.append(observer) }
            return state.status
        }
        if let status { observer(status) }
    }

    /// Sends a signal.
    ///
    /// - Returns: Whether there was a process to send it to.
    /// - Throws: `Errno`.
    @discardableResult
    func send(_ signal: Signal) throws(Errno) -> Bool {
        let result = nestbox_send_signal(pidfd.rawValue, signal.rawValue)
        if result == -ESRCH { return false }
        if result < 0 { throw Errno(rawValue: -result) }
        return true
    }

    /// Does something with the process's number while it can't be given to another process.
    ///
    /// - Returns: `nil` if the process has been reaped.
    func withNumber<Value: ~Copyable, Failure: Error>(_ body: (CInt) throws(Failure) -> Value) throws(Failure) -> Value?
    {
        try state.withLock { state throws(Failure) -> Value? in
            if state.status != nil { return nil }
            return try body(pid)
        }
    }

    /// A descriptor of the process, for one who keeps it longer.
    func duplicateDescriptor() throws(Errno) -> Descriptor {
        try Descriptor.duplicate(pidfd.borrowed)
    }

    /// Waits for the end.
    ///
    /// - Throws: `CancellationError` if the task is cancelled; the process goes on.
    func wait() async throws -> TerminationStatus {
        let number = state.withLock { state in
            defer { state.next += 1 }
            return state.next
        }
        let status = await withTaskCancellationHandler {
            await suspend(as: number)
        } onCancel: {
            let waiter = state.withLock { state in
                state.cancelled.insert(number)
                return state.waiters.removeValue(forKey: number)
            }
            waiter?.resume(returning: nil)
        }
        _ = state.withLock { $0.cancelled.remove(number) }
        guard let status else { throw CancellationError() }
        return status
    }

    /// Waits for the end, also in a task that has been cancelled: for cleaning up after a kill.
    func waitRegardless() async -> TerminationStatus {
        let number = state.withLock { state in
            defer { state.next += 1 }
            return state.next
        }
        // Nobody cancels this number, so there is always a status.
        return await suspend(as: number) ?? .signaled(.kill)
    }

    private func suspend(as number: UInt64) async -> TerminationStatus? {
        await withCheckedContinuation { continuation in
            let answer: TerminationStatus?? = state.withLock { state in
                if let status = state.status { return .some(status) }
                if state.cancelled.contains(number) { return .some(nil) }
                state.waiters[number] = continuation
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    private func reap() {
        let found: Found? = state.withLock { state in
            var signalled: CInt = 0
            var value: CInt = 0
            let result = nestbox_reap(pidfd.rawValue, &signalled, &value)
            if result == 0 { return nil }
            // Somebody else reaped it: its end is certain, its status lost.
            if result < 0 { (signalled, value) = (1, Signal.kill.rawValue) }
            let status: TerminationStatus = signalled != 0 ? .signaled(Signal(rawValue: value)) : .exited(Int(value))
            state.status = status
            defer { (state.waiters, state.observers) = ([:], []) }
            return Found(status: status, waiters: Array(state.waiters.values), observers: state.observers)
        }
        guard let found else { return }
        ended(found.status)
        for observer in found.observers { observer(found.status) }
        for waiter in found.waiters { waiter.resume(returning: found.status) }
    }
}
