// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageBuilder
import Testing

@Suite("JSON in Dockerfiles")
struct JSONValueTests {
    private func parse(_ text: String) -> JSONValue? {
        JSONValue(text: ScalarText(text: text))
    }

    @Test("all kinds of values are read")
    func values() {
        #expect(
            parse(#" [ "a" , 1.5e-3 , true, null, {"k": []} ] "#)
                == .array([.string("a"), .number, .bool(true), .null, .object(["k": .array([])])])
        )
    }

    @Test(
        "escapes in strings become what they stand for",
        arguments: [
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{08}\u{0C}\n\r\t"), (#""\u00e9\uD55c""#, "é한"),
            (#""\ud83d\ude00""#, "😀"), (#""\ud83d""#, "\u{FFFD}"), (#""\ude00x""#, "\u{FFFD}x"),
            (#""\ud83d\u0041""#, "\u{FFFD}A"),
        ]
    )
    func escapes(text: String, string: String) {
        #expect(parse(text) == .string(string))
    }

    @Test(
        "what is not JSON is refused",
        arguments: [
            "", "[", "[\"a\"", "[\"a\",]", "['a']", "[\"a\" \"b\"]", "[\"a\"] x", "\"a\nb\"", "\"\\x\"", "\"\\u12g4\"",
            "01",
            "1.", "-", "+1", ".5", "1e", "tru", "{\"a\"}", "{a:1}", "{\"a\":1,}", "\"",
        ]
    )
    func refused(text: String) {
        #expect(parse(text) == nil)
    }

    @Test("nesting is limited, so that no file can exhaust the stack")
    func depth() {
        #expect(parse(String(repeating: "[", count: 100) + String(repeating: "]", count: 100)) != nil)
        #expect(parse(String(repeating: "[", count: 30_000) + String(repeating: "]", count: 30_000)) == nil)
    }
}
