// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Sightings of birds, in PostgreSQL: the code that is to be tested.
public struct SightingStore {
    /// A bird that was seen somewhere.
    public struct Sighting: Hashable, Sendable {
        /// The bird's name.
        public var bird: String
        /// Where it was seen.
        public var place: String
        /// How many of them.
        public var count: Int

        /// Creates a sighting.
        public init(bird: String, place: String, count: Int) {
            self.bird = bird
            self.place = place
            self.count = count
        }
    }

    private let connection: PostgresConnection

    /// Creates a store over a connection.
    public init(_ connection: PostgresConnection) {
        self.connection = connection
    }

    /// Makes the tables.
    public func migrate() throws {
        try connection.query(
            """
            CREATE TABLE sightings (
                bird text NOT NULL,
                place text NOT NULL,
                count integer NOT NULL CHECK (count > 0),
                PRIMARY KEY (bird, place)
            )
            """
        )
    }

    /// Records a sighting; what was seen in a place before is added to.
    public func record(_ sighting: Sighting) throws {
        try connection.query(
            """
            INSERT INTO sightings VALUES ($1, $2, $3::integer)
            ON CONFLICT (bird, place) DO UPDATE SET count = sightings.count + excluded.count
            """,
            [sighting.bird, sighting.place, "\(sighting.count)"]
        )
    }

    /// Records several sightings, or none of them.
    public func record(all sightings: [Sighting]) throws {
        try connection.query("BEGIN")
        do {
            for sighting in sightings { try record(sighting) }
            try connection.query("COMMIT")
        } catch {
            try connection.query("ROLLBACK")
            throw error
        }
    }

    /// The sightings of a bird, by place.
    public func sightings(of bird: String) throws -> [Sighting] {
        try connection.query("SELECT place, count FROM sightings WHERE bird = $1 ORDER BY place", [bird]).map { row in
            Sighting(bird: bird, place: row[0] ?? "", count: row[1].flatMap { Int($0) } ?? 0)
        }
    }
}
