// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CSockets

/// What a descriptor is ready for, epoll(7).
struct ReadyEvents: OptionSet {
    let rawValue: UInt32

    static let readable = ReadyEvents(EPOLLIN)
    static let writable = ReadyEvents(EPOLLOUT)
    /// The peer sends no more.
    static let peerFinished = ReadyEvents(EPOLLRDHUP)
    /// Both directions are over.
    static let hangUp = ReadyEvents(EPOLLHUP)
    static let failed = ReadyEvents(EPOLLERR)
    /// Report a change only, not a state.
    static let edgeTriggered = ReadyEvents(EPOLLET)
    /// Wake one of the waiting threads, not all.
    static let exclusive = ReadyEvents(EPOLLEXCLUSIVE)

    /// All that a relay wants to know of a stream.
    static let stream: ReadyEvents = [.readable, .writable, .peerFinished, .edgeTriggered]

    init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    private init(_ event: EPOLL_EVENTS) {
        self.init(rawValue: event.rawValue)
    }
}
