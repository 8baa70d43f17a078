// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import BalancerProxy

@Suite("A chunked body")
struct ChunkedReaderTests {
    struct Incomplete: Error {}

    /// Reads a body that comes in pieces of a size.
    static func read(_ text: String, pieces size: Int) throws -> (body: String, trailers: String, rest: Int) {
        var reader = BodyReader(.chunked)
        var body: [UInt8] = []
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let piece = Array(bytes[start..<min(bytes.count, start + size)])
            var position = 0
            let isFinished = try piece.withUnsafeBytes { raw in
                while true {
                    switch try reader.next(in: raw, from: &position, limit: 256) {
                    case .data(let range): body += raw.part(range)
                    case .needsMore: return false
                    case .finished: return true
                    }
                }
            }
            start += position
            if isFinished {
                return (String(decoding: body, as: UTF8.self), reader.trailers.bytes.text, bytes.count - start)
            }
        }
        throw Incomplete()
    }

    @Test("it is read in whatever pieces it comes", arguments: [1, 2, 3, 5, 100])
    func pieces(size: Int) throws {
        let text = "4\r\nWiki\r\n6;name=value\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n0\r\nA: b\r\n\r\nGET"
        let result = try Self.read(text, pieces: size)
        #expect(result.body == "Wikipedia in \r\n\r\nchunks.")
        #expect(result.trailers == "A: b\r\n\r\n")
        #expect(result.rest == 3)
    }

    @Test(
        "a malformed one is refused",
        arguments: [
            "4\nWiki\r\n0\r\n\r\n", "4\r\nWiki0\r\n\r\n", "4\r\nWikix\r\n0\r\n\r\n", "g\r\nWiki\r\n0\r\n\r\n", "\r\n",
            "0x4\r\nWiki\r\n0\r\n\r\n", "-4\r\nWiki\r\n", "4 \r\nWiki\r\n0\r\n\r\n", " 4\r\nWiki\r\n0\r\n\r\n",
            "10000000000000000\r\n", "4;a\nb\r\nWiki\r\n0\r\n\r\n", "4;a\0\r\nWiki\r\n0\r\n\r\n", "4\rX", "0\r\n\n",
            "0\r\nA: b\n\r\n", "0\r\nA: b\rc\r\n\r\n", "+4\r\nWiki\r\n",
        ],
        [1, 64]
    )
    func malformed(text: String, size: Int) {
        #expect(throws: HTTPSyntaxError.self) { try Self.read(text, pieces: size) }
    }

    @Test("trailers and extensions without end are refused")
    func endless() {
        #expect(throws: HTTPSyntaxError.self) {
            try Self.read("0\r\n" + String(repeating: "A: b\r\n", count: 100), pieces: 64)
        }
        #expect(throws: HTTPSyntaxError.self) {
            try Self.read("1;" + String(repeating: "x", count: 10_000), pieces: 64)
        }
    }
}
