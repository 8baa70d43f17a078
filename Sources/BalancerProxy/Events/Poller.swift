// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CSockets
import Glibc

/// An epoll instance.
struct Poller: ~Copyable, Sendable {
    private let epoll: OwnedDescriptor

    init() throws(SystemCallError) {
        let descriptor = epoll_create1(CInt(EPOLL_CLOEXEC))
        guard descriptor >= 0 else { throw .last("epoll_create1") }
        epoll = OwnedDescriptor(descriptor)
    }

    func add(_ descriptor: CInt, _ interest: ReadyEvents, token: UInt64) throws(SystemCallError) {
        var event = epoll_event()
        event.events = interest.rawValue
        event.data.u64 = token
        guard epoll_ctl(epoll.number, EPOLL_CTL_ADD, descriptor, &event) == 0 else { throw .last("epoll_ctl") }
    }

    func remove(_ descriptor: CInt) {
        var event = epoll_event()
        _ = epoll_ctl(epoll.number, EPOLL_CTL_DEL, descriptor, &event)
    }

    /// Waits for events.
    ///
    /// - Parameters:
    ///   - events: Where they go.
    ///   - milliseconds: How long to wait; -1 without end.
    /// - Returns: How many came; 0 also if a signal came first.
    func wait(into events: UnsafeMutableBufferPointer<epoll_event>, milliseconds: CInt) -> Int {
        max(0, Int(epoll_wait(epoll.number, events.baseAddress, CInt(events.count), milliseconds)))
    }
}
