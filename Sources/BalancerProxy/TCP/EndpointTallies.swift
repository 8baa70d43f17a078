// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// What each endpoint of a proxy has carried, by its name.
final class EndpointTallies: Sendable {
    private let tallies = Mutex<[String: EndpointTally]>([:])

    /// The figures of an endpoint, made when they are first asked for.
    func tally(of id: String) -> EndpointTally {
        tallies.withLock { tallies in
            if let tally = tallies[id] { return tally }
            let tally = EndpointTally()
            tallies[id] = tally
            return tally
        }
    }

    /// The present figures; forgets those of endpoints that have left and have nothing open.
    func counters(present: Set<String>) -> [String: EndpointCounters] {
        tallies.withLock { tallies in
            defer { tallies = tallies.filter { present.contains($0.key) || $0.value.counters.active > 0 } }
            return tallies.mapValues(\.counters)
        }
    }
}
