// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// What is known of one endpoint's load: atomics that every thread may update while others pick.
///
/// The counters of one endpoint share no cache line with those of the next, because ``LoadArena`` hands out lines.
struct EndpointLoad: ~Copyable {
    /// Raised each time the place is given to another endpoint, so that a late completion finds out.
    let generation = Atomic<UInt32>(0)
    /// Requests picked and not completed.
    let inFlight = Atomic<Int>(0)
    /// Requests ever picked.
    let started = Atomic<UInt64>(0)
}
