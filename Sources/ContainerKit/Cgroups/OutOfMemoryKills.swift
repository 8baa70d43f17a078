// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// How many processes of a container the kernel has killed for want of memory, each number told once, whoever asks.
final class OutOfMemoryKills: Sendable {
    /// The container's groups.
    let group: Cgroup
    private let report: @Sendable (_ kills: UInt64) -> Void
    private let told: Mutex<UInt64>

    /// Begins to count from what has been killed until now.
    ///
    /// - Parameters:
    ///   - group: The container's groups.
    ///   - report: Called with the number of killed processes so far, when there are more; never twice at a time.
    init(of group: Cgroup, report: @escaping @Sendable (_ kills: UInt64) -> Void) {
        self.group = group
        self.report = report
        told = Mutex((try? group.usage().memory.outOfMemoryKills) ?? 0)
    }

    /// Reads the kernel's number and reports it if it has grown.
    ///
    /// - Returns: Whether it could be read.
    @discardableResult
    func tell() -> Bool {
        guard let kills = try? group.usage().memory.outOfMemoryKills else { return false }
        // Under the lock, so that whoever finds nothing new can be sure that it has been reported.
        told.withLock { told in
            guard kills > told else { return }
            told = kills
            report(kills)
        }
        return true
    }
}
