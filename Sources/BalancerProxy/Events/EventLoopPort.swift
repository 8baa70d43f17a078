// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CSockets
import Glibc
import Synchronization

/// What other threads know of an event loop: how busy it is, and a way to have something done on it.
final class EventLoopPort: Sendable {
    /// Something to do on the loop's thread.
    typealias Job = @Sendable (EventLoop) -> Void

    let poller: Poller
    /// The connections that the loop serves.
    let load = Atomic<Int>(0)
    private let wake: OwnedDescriptor
    private let jobs = Mutex<[Job]>([])

    init() throws(SystemCallError) {
        poller = try Poller()
        let descriptor = eventfd(0, CInt(EFD_NONBLOCK | EFD_CLOEXEC))
        guard descriptor >= 0 else { throw .last("eventfd") }
        wake = OwnedDescriptor(descriptor)
    }

    /// Has something done on the loop's thread, after what was submitted before.
    func submit(_ job: @escaping Job) {
        let wasEmpty = jobs.withLock { jobs in
            jobs.append(job)
            return jobs.count == 1
        }
        if wasEmpty { eventfd_write(wake.number, 1) }
    }

    /// Lets the loop be woken by ``submit(_:)``.
    func listen(token: UInt64) throws(SystemCallError) {
        try poller.add(wake.number, .readable, token: token)
    }

    /// Takes all jobs that wait; called by the loop when it was woken.
    func takeJobs() -> [Job] {
        var count: eventfd_t = 0
        eventfd_read(wake.number, &count)
        return jobs.withLock { jobs in
            defer { jobs = [] }
            return jobs
        }
    }
}
