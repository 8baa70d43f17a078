// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The answers to probes that a Prequal client keeps; at most one for each endpoint, of fixed capacity.
struct ProbePool {
    /// One answer.
    struct Entry {
        let slot: Int
        var inFlight: Int
        let latency: Int64
        let received: Timestamp
        var uses: Int
    }

    private(set) var entries: [Entry] = []
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        entries.reserveCapacity(capacity + 1)
    }

    var count: Int { entries.count }

    /// Puts an answer in, in place of an earlier one of the same endpoint or, if the pool is full, of the oldest.
    mutating func insert(_ entry: Entry) {
        if let index = entries.firstIndex(where: { $0.slot == entry.slot }) {
            entries.remove(at: index)
        } else if entries.count == capacity {
            removeOldest()
        }
        entries.append(entry)
    }

    /// Drops what is older than `lifetime` nanoseconds.
    ///
    /// Answers lie in the order in which they came.
    mutating func expire(at now: Timestamp, lifetime: Int64) {
        while let oldest = entries.first, now.nanoseconds(since: oldest.received) > lifetime {
            entries.removeFirst()
        }
    }

    /// The answer that wins by the hot-cold rule: of cold ones the quickest, else the one with fewest in flight.
    func best(threshold: Int, excluding excluded: SlotSet) -> Int? {
        var cold: Int?
        var least: Int?
        for (index, entry) in entries.enumerated() where !excluded.contains(entry.slot) {
            if entry.inFlight <= threshold, cold.map({ entry.latency < entries[$0].latency }) ?? true {
                cold = index
            }
            if least.map({ entry.inFlight < entries[$0].inFlight }) ?? true {
                least = index
            }
        }
        return cold ?? least
    }

    /// Takes one use of an answer, which then counts the request that it brought.
    mutating func use(_ index: Int) {
        entries[index].inFlight += 1
        entries[index].uses -= 1
        if entries[index].uses <= 0 {
            entries.remove(at: index)
        }
    }

    mutating func removeOldest() {
        if !entries.isEmpty { entries.removeFirst() }
    }

    /// Removes the answer that the rule would choose last: of hot ones the most crowded, else the slowest.
    mutating func removeWorst(threshold: Int) {
        guard !entries.isEmpty else { return }
        var worst = 0
        for index in entries.indices.dropFirst() where isWorse(entries[index], than: entries[worst], threshold) {
            worst = index
        }
        entries.remove(at: worst)
    }

    private func isWorse(_ entry: Entry, than other: Entry, _ threshold: Int) -> Bool {
        let (isHot, otherIsHot) = (entry.inFlight > threshold, other.inFlight > threshold)
        if isHot != otherIsHot { return isHot }
        return isHot ? entry.inFlight > other.inFlight : entry.latency > other.latency
    }

    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
    }
}
