// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import OCIRuntime

@Suite("JSON")
struct JSONTests {
    private func parse(_ text: String) throws -> JSONValue {
        try JSONParser.parse(Array(text.utf8))
    }

    @Test("is read and written the same")
    func roundTrip() throws {
        let text = #"{"a":[1,-2.5,1e3,true,false,null],"b":{"c":"\"\\\n\u0001é"},"d":[],"e":{}}"#
        #expect(try parse(text).description == text)
        #expect(try parse(parse(text).lines()) == parse(text))
    }

    @Test("escapes stand for characters, pairs for one")
    func escapes() throws {
        #expect(try parse(#""\u00e9\ud83d\ude00\/""#) == .string("é😀/"))
    }

    @Test(
        "what is none is refused",
        arguments: [
            "", "{", "[1,]", "{\"a\":1,}", "01", "1.", "tru", "\"a", "\"\\x\"", "\"\\ud800\"", "[1] 2",
            "{\"a\":1,\"a\":2}",
            "\"\u{1}\"", "-", "nul", "{1:2}",
        ]
    )
    func refusals(_ text: String) {
        #expect(throws: JSONParser.Failure.self) { try parse(text) }
    }

    @Test("nesting without end is refused, not followed")
    func depth() {
        let text = String(repeating: "[", count: 100_000)
        #expect(throws: JSONParser.Failure.self) { try parse(text) }
    }

    @Test("a member of the wrong kind is named from the top")
    func members() throws {
        let object = try JSONObject(parse(#"{"linux":{"resources":{"pids":{"limit":"many"}}}}"#), path: "")
        let found = try object.object("linux")?.object("resources")?.object("pids")
        let pids = try #require(found)
        let error = #expect(throws: OCIError.self) { try pids.integer("limit", Int64.self) }
        #expect(error?.description.hasPrefix("linux.resources.pids.limit must be a whole number") == true)
    }
}
