// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerTesting
import Sightings
import Testing

@Suite(
    "Sightings in PostgreSQL",
    .whereContainersRun,
    .enabled(if: Postgres.archive != nil, "POSTGRES_ROOTFS names no archive; ./run makes one"),
    .postgres
)
struct SightingStoreTests {
    private let connection: PostgresConnection
    private let store: SightingStore

    init() throws {
        connection = try Postgres.connect()
        store = SightingStore(connection)
        // It would fail if another test's tables were here.
        try store.migrate()
    }

    @Test("each is a test with a database of its own", arguments: ["swift", "swallow", "martin"])
    func isolated(bird: String) throws {
        try store.record(.init(bird: bird, place: "church tower", count: 2))
        let rows = try connection.query("SELECT bird FROM sightings")
        #expect(rows == [[bird]])
    }

    @Test("what is seen in the same place is added up")
    func sums() throws {
        for count in [1, 2, 3] { try store.record(.init(bird: "swift", place: "bridge", count: count)) }
        try store.record(.init(bird: "swift", place: "attic", count: 1))
        let seen = try store.sightings(of: "swift")
        #expect(seen.map(\.place) == ["attic", "bridge"])
        #expect(seen.map(\.count) == [1, 6])
    }

    @Test("text is kept as it is, whatever is in it")
    func text() throws {
        let place = "O'Hara's; DROP TABLE sightings; -- Zürich $1 🐦"
        try store.record(.init(bird: "swift", place: place, count: 1))
        #expect(try store.sightings(of: "swift").map(\.place) == [place])
    }

    @Test("of several sightings, one of which is refused, none is recorded")
    func transaction() throws {
        let error = #expect(throws: PostgresConnection.Failure.self) {
            try store.record(all: [
                .init(bird: "swift", place: "attic", count: 1),
                .init(bird: "swift", place: "bridge", count: 0),
            ])
        }
        // check_violation: only the real database knows that.
        #expect(error?.code == "23514")
        #expect(try store.sightings(of: "swift").isEmpty)
    }

    @Test("what another connection has not committed is not seen")
    func isolation() throws {
        let other = try Postgres.connect()
        try other.query("BEGIN")
        try SightingStore(other).record(.init(bird: "swift", place: "attic", count: 1))
        #expect(try store.sightings(of: "swift").isEmpty)
        try other.query("COMMIT")
        #expect(try store.sightings(of: "swift").count == 1)
    }
}
