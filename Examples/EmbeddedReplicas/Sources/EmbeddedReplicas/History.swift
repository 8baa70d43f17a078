// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Nestbox
import Synchronization

/// The last things that happened.
final class History: Sendable {
    private static let limit = 12
    private let happenings = Mutex<[Snapshot.Happening]>([])

    /// The newest first.
    var last: [Snapshot.Happening] { happenings.withLock { $0 } }

    func add(_ text: String, at moment: Moment) {
        happenings.withLock { happenings in
            happenings.insert(.init(time: moment.nanoseconds / 1_000_000, text: text), at: 0)
            happenings = Array(happenings.prefix(Self.limit))
        }
    }
}
