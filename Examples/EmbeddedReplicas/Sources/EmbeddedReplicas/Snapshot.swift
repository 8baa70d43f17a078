// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What the page shows, at one moment.
struct Snapshot: Codable {
    struct Replica: Codable {
        var name: String
        var identifier: String
        /// `starting`, `serving` or `leaving`.
        var state: String
        /// The share that it uses of the processors it may use.
        var cpu: Double
        /// Requests a second.
        var rate: Double
        /// All requests so far.
        var served: Int
        /// Seconds since its start.
        var age: Double
    }

    struct Happening: Codable, Hashable {
        /// Milliseconds since 1970.
        var time: Int64
        var text: String
    }

    /// Milliseconds since 1970.
    var time: Int64
    var policy: String
    var minimum: Int
    var maximum: Int
    /// Clients at present, and the most there can be.
    var clients: Int
    var mostClients: Int
    /// Requests a second.
    var rate: Double
    var failed: Int
    /// How long half, and how long 99 of 100 of the last requests took at most, in milliseconds.
    var median: Double
    var slowest: Double
    var replicas: [Replica]
    /// The last things that happened, the newest first.
    var happenings: [Happening]
}
