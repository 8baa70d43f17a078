// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How many requests were in flight in the last three seconds or so, in the mean over time, on all endpoints and on newcomers.
///
/// Not a mean over the moments of picks, which comes out differently for each event loop: one whose connections bring
/// requests in turn picks at just those moments at which the others' are in flight.
struct RecentRequests {
    /// The nanoseconds over which the mean is taken: long enough for a newcomer to be seen to come first, and to be level a
    /// few seconds later.
    private static let memory = 3e9
    /// The least time between two looks at the counters: all endpoints are looked at.
    private static let least: Int64 = 5_000_000

    private struct Entry {
        let joined: Timestamp
        let load: LoadHandle
        /// What its counter of request-nanoseconds stood at.
        var integral: Int64
        var mean: Double
    }

    private var entries: [Entry]
    private var looked: Timestamp?
    /// How much of the memory has been filled by what was seen: 0 to 1.
    private var seen = 0.0

    /// The mean number in flight over all endpoints together.
    ///
    /// What was not seen is taken to have been like what was, as far back as the oldest endpoint goes.
    private(set) var total = 0.0
    private let oldest: Timestamp

    /// Begins with what was known of the endpoints before; others have had nothing in flight.
    init(_ members: [Member], replacing previous: RecentRequests?) {
        let looked = previous?.looked
        let before = previous?.entries.map { ($0.load.pointer, $0) } ?? []
        let known = Dictionary(before, uniquingKeysWith: { first, _ in first })
        entries = members.map { member in
            // A place may have become another endpoint's.
            if let entry = known[member.load.pointer], entry.joined == member.joined { return entry }
            let integral = looked.map { member.load.integral(at: $0) } ?? 0
            return Entry(joined: member.joined, load: member.load, integral: integral, mean: 0)
        }
        self.looked = looked
        seen = previous?.seen ?? 0
        oldest = members.map(\.joined).min() ?? .zero
        if let looked { reckonTotal(at: looked) }
    }

    /// The mean number in flight on one endpoint, by its place in the list; what was not seen counts as nothing, which is
    /// true of newcomers.
    subscript(place: Int) -> Double { entries[place].mean }

    /// Looks at the counters, if it is time; allocates nothing.
    mutating func look(at now: Timestamp) {
        guard let looked else { return begin(at: now) }
        let elapsed = now.nanoseconds(since: looked)
        guard elapsed >= Self.least else { return }
        self.looked = now
        let weight = Self.part(of: elapsed)
        seen += weight * (1 - seen)
        for place in entries.indices {
            let integral = entries[place].load.integral(at: now)
            let inFlight = max(0, Double(integral &- entries[place].integral) / Double(elapsed))
            entries[place].integral = integral
            entries[place].mean += weight * (inFlight - entries[place].mean)
        }
        reckonTotal(at: now)
    }

    private mutating func reckonTotal(at now: Timestamp) {
        let known = Self.part(of: now.nanoseconds(since: oldest))
        total = entries.reduce(0) { $0 + $1.mean } * (seen > 0 ? max(1, known / seen) : 0)
    }

    /// Which part of the mean the last nanoseconds make up.
    private static func part(of nanoseconds: Int64) -> Double {
        1 - Elementary.exp(-Double(max(0, nanoseconds)) / memory)
    }

    private mutating func begin(at now: Timestamp) {
        looked = now
        for place in entries.indices {
            entries[place].integral = entries[place].load.integral(at: now)
        }
    }
}
