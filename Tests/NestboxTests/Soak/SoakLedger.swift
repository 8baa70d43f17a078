// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// What has happened in a long run.
final class SoakLedger: Sendable {
    enum Deed: String, CaseIterable {
        case container, scaling, kill
    }

    private struct State {
        var counts: [Deed: Int] = [:]
        var identifiers: Set<String> = []
        var footprints: [Footprint] = []
    }

    private let state = Mutex(State())

    func note(_ deed: Deed) {
        state.withLock { $0.counts[deed, default: 0] += 1 }
    }

    func note(_ identifier: String) {
        state.withLock { _ = $0.identifiers.insert(identifier) }
    }

    func note(_ footprint: Footprint) {
        state.withLock { $0.footprints.append(footprint) }
    }

    func count(_ deed: Deed) -> Int {
        state.withLock { $0.counts[deed] ?? 0 }
    }

    var identifiers: Set<String> { state.withLock { $0.identifiers } }

    var summary: String {
        Deed.allCases.map { "\(count($0)) \($0.rawValue)s" }.joined(separator: ", ")
    }

    /// Kilobytes of resident memory, over time.
    var memory: [Int] { state.withLock { $0.footprints.map(\.residentKilobytes) } }

    /// Whether the last quarter of the run is where the second was, give or take what comes and goes with the replicas.
    var isMemoryFlat: Bool {
        let memory = memory
        guard memory.count >= 8 else { return true }
        let quarter = memory.count / 4
        let early = memory[quarter..<(2 * quarter)].reduce(0, +) / quarter
        let late = memory.suffix(quarter).reduce(0, +) / quarter
        return late <= early + early / 10 + 4096
    }
}
