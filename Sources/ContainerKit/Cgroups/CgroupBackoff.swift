// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// A bounded wait for something the kernel finishes on its own, such as an exiting task leaving its group.
struct CgroupBackoff {
    private var next: UInt32 = 50
    private var left: UInt32

    /// Creates a wait.
    ///
    /// - Parameter limit: The longest total in microseconds.
    init(limit: UInt32 = 2_000_000) {
        left = limit
    }

    /// Sleeps, longer each time up to 10 ms; `false` when the total is used up.
    mutating func pause() -> Bool {
        guard left > 0 else { return false }
        let time = min(next, left)
        left -= time
        next = min(next * 2, 10_000)
        usleep(time)
        return true
    }
}
