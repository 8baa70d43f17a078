// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import Nestbox

@Suite("Moments")
struct MomentTests {
    @Test("are read as images write them")
    func reads() {
        #expect(Moment("1970-01-01T00:00:01Z")?.nanoseconds == 1_000_000_000)
        #expect(Moment("2026-11-23T21:50:00.5Z") == Moment("2026-11-23T22:50:00.5+01:00"))
        #expect(Moment("2026-11-23T21:50:00Z")?.description == "2026-11-23T21:50:00.000000000Z")
    }

    @Test("or not at all", arguments: ["", "yesterday", "2026-11-23", "2026-11-23T21:50", "T", "2026-11-23T21:50:00"])
    func refuses(_ text: String) {
        #expect(Moment(text) == nil)
    }
}
