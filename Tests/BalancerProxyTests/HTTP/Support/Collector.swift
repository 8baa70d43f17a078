// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// Bytes that a thread gathers.
final class Collector: Sendable {
    private let gathered = Mutex<[UInt8]>([])

    var bytes: [UInt8] { gathered.withLock { $0 } }

    func add(_ more: [UInt8]) {
        gathered.withLock { $0 += more }
    }
}
