// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// What one endpoint has carried, counted by every thread and read by any.
final class EndpointTally: Sendable {
    let active = Atomic<Int>(0)
    let connected = Atomic<UInt64>(0)
    let failed = Atomic<UInt64>(0)
    let sent = Atomic<UInt64>(0)
    let received = Atomic<UInt64>(0)

    /// The present figures.
    var counters: EndpointCounters {
        EndpointCounters(
            active: active.load(ordering: .relaxed),
            connected: connected.load(ordering: .relaxed),
            failed: failed.load(ordering: .relaxed),
            bytesSent: sent.load(ordering: .relaxed),
            bytesReceived: received.load(ordering: .relaxed)
        )
    }
}
