// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CSockets
import Glibc

/// Waits for descriptors and deadlines, and calls their sources; lives on one thread.
///
/// Descriptors are watched edge-triggered: after an event its source reads or writes until the kernel has no more, or
/// asks by ``EventLoop/callAgain(_:)`` to go on after the others. So one `epoll_ctl` serves a connection's whole life.
final class EventLoop {
    let port: EventLoopPort
    /// Memory for bytes on their way; free to use within a call, never across calls.
    let scratch: UnsafeMutableRawBufferPointer
    /// The monotonic time in nanoseconds at which the present events were taken in.
    private(set) var now = MonotonicTime.now()

    private let events: UnsafeMutableBufferPointer<epoll_event>
    private var sources = SourceTable()
    private var timers = TimerHeap()
    private var again: [SourceID] = []
    private var isStopped = false

    /// How many full batches may come before deadlines have their turn.
    private static let batchesBeforeDeadlines = 16
    /// The token that stands for the port's wake-up; no source has its slot.
    private static let wakeToken = UInt64.max

    init(port: EventLoopPort, scratchSize: Int = 65_536, batch: Int = 256) {
        self.port = port
        scratch = .allocate(byteCount: scratchSize, alignment: 64)
        events = .allocate(capacity: batch)
        events.initialize(repeating: epoll_event())
    }

    deinit {
        scratch.deallocate()
        events.deallocate()
    }

    // MARK: What sources use

    /// Names a source to come.
    func reserve() -> SourceID { sources.reserve() }

    /// Puts a source in its place.
    func install(_ source: any EventSource, as id: SourceID) { sources[id] = source }

    /// Forgets a source; events and deadlines of it that come later find no one.
    func remove(_ id: SourceID) {
        timers.set(nil, for: id.slot)
        sources.remove(id)
    }

    /// The source of a name; nil if it is gone.
    func source(_ id: SourceID) -> (any EventSource)? { sources[id] }

    /// Every source.
    var allSources: [any EventSource] { sources.all }

    /// Watches a descriptor for a source until it is closed.
    func watch(_ descriptor: CInt, _ interest: ReadyEvents, for id: SourceID, channel: UInt8) throws(SystemCallError) {
        try port.poller.add(descriptor, interest, token: id.token(channel: channel))
    }

    /// Ends watching a descriptor that stays open.
    func unwatch(_ descriptor: CInt) { port.poller.remove(descriptor) }

    /// Sets the one deadline of a source, or takes it away.
    func setDeadline(_ deadline: UInt64?, for id: SourceID) { timers.set(deadline, for: id.slot) }

    /// Has ``EventSource/resume()`` called after the others had their turn.
    func callAgain(_ id: SourceID) { again.append(id) }

    /// Ends ``run()`` after the present turn.
    func stop() { isStopped = true }

    // MARK: The loop

    /// Serves sources until ``stop()``.
    func run() throws(SystemCallError) {
        try port.listen(token: Self.wakeToken)
        var fullBatches = 0
        while !isStopped {
            let count = port.poller.wait(into: events, milliseconds: patience())
            now = MonotonicTime.now()
            for index in 0..<count { dispatch(events[index]) }
            // After a full batch more may be ready, and what is ready comes before what is late: a deadline must not pass
            // for a source whose event has come. Within bounds, or a busy loop would have no deadlines at all.
            fullBatches = count == events.count ? fullBatches + 1 : 0
            if fullBatches % Self.batchesBeforeDeadlines == 0 { passDeadlines() }
            callAgain()
        }
    }

    private func dispatch(_ event: epoll_event) {
        let token = event.data.u64
        if token == Self.wakeToken {
            for job in port.takeJobs() { job(self) }
        } else if let source = sources.find(token: token) {
            source.ready(ReadyEvents(rawValue: event.events), channel: UInt8(truncatingIfNeeded: token))
        }
    }

    private func passDeadlines() {
        while let slot = timers.popDue(at: now) {
            sources.find(slot: slot)?.deadlinePassed()
        }
    }

    private func callAgain() {
        guard !again.isEmpty else { return }
        let due = again
        again.removeAll(keepingCapacity: true)
        for id in due { sources[id]?.resume() }
    }

    /// How long the loop may sleep, in milliseconds; -1 without end.
    private func patience() -> CInt {
        if !again.isEmpty { return 0 }
        guard let earliest = timers.earliest else { return -1 }
        let present = MonotonicTime.now()
        guard earliest > present else { return 0 }
        return CInt(clamping: (earliest - present + 999_999) / 1_000_000)
    }
}
