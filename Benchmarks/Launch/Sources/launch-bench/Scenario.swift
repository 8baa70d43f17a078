// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Contenders that are measured beside each other.
struct Scenario {
    let title: String
    let inFlight: Int
    let contenders: [Contender]

    /// Runs all contenders in turn, several times over, so that whatever disturbs the machine meets all of them.
    ///
    /// - Parameters:
    ///   - rounds: How many times each has its turn.
    ///   - launches: How many launches a turn has.
    ///   - progress: Called before each turn.
    /// - Returns: The times of each contender, in the contenders' order.
    /// - Throws: ``BenchError`` if a contender fails.
    func measure(rounds: Int, launches: Int, progress: (String) -> Void) async throws -> [Samples] {
        var samples = [Samples](repeating: Samples(), count: contenders.count)
        for round in 1...rounds {
            for (index, contender) in contenders.enumerated() {
                try Interruption.check()
                progress("\(title): round \(round) of \(rounds), \(contender.name)")
                let count = max(inFlight, launches * contender.share / 100)
                let output = try await Command(contender.command(count: count, inFlight: inFlight)).output()
                let times = output.split(separator: "\n").compactMap { UInt64($0) }
                guard times.count == count else {
                    throw BenchError("\(contender.name) printed \(times.count) times for \(count) launches.")
                }
                samples[index].append(contentsOf: times)
            }
        }
        return samples
    }
}
