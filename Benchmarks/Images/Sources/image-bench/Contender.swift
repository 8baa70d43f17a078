// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Someone who does the work of a scenario.
struct Contender {
    /// The row's name.
    let name: String
    /// Makes the place as it must be before the work; not timed.
    var prepare: () async throws -> Void = {}
    /// The work.
    let work: () async throws -> Void
}

/// Contenders who do the same.
struct Scenario {
    let title: String
    var contenders: [Contender]
}
