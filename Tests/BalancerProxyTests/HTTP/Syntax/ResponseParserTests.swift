// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import BalancerProxy

@Suite("An answer's head")
struct ResponseParserTests {
    private func read(_ text: String, answering verb: RequestVerb = .get) throws -> ResponseHead {
        let fields = FieldList(capacity: 16)
        return try Array(text.utf8).withUnsafeBytes { try ResponseParser.read($0, answering: verb, into: fields) }
    }

    @Test(
        "the framing depends on status and method",
        arguments: [
            ("200 OK\r\nContent-Length: 5", RequestVerb.get, BodyFraming.length(5)),
            ("200 OK\r\nContent-Length: 5", .head, .none),
            ("200 OK\r\nTransfer-Encoding: chunked", .get, .chunked),
            ("200 OK\r\nX: y", .get, .untilClose),
            ("204 No Content\r\nX: y", .get, .none),
            ("304 Not Modified\r\nContent-Length: 5", .get, .none),
        ]
    )
    func framing(text: String, verb: RequestVerb, framing: BodyFraming) throws {
        #expect(try read("HTTP/1.1 \(text)\r\n\r\n", answering: verb).framing == framing)
    }

    @Test(
        "what can be read in two ways is refused",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\n",
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 20 OK\r\nX: y\r\n\r\n", "HTTP/1.1 2000 OK\r\nX: y\r\n\r\n", "HTTP/1.1 099 X\r\nX: y\r\n\r\n",
            "HTTP/2.0 200 OK\r\nX: y\r\n\r\n", "ICY 200 OK\r\nContent-Length: 5\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX: y\r\n z\r\n\r\n", "HTTP/1.1 200 O\0K\r\nX: y\r\n\r\n",
        ]
    )
    func refused(text: String) {
        #expect(throws: HTTPSyntaxError.self) { try read(text) }
    }

    @Test("a reason may be missing, with its space or without")
    func reason() throws {
        #expect(try read("HTTP/1.1 200 \r\nX: y\r\n\r\n").status == 200)
        #expect(try read("HTTP/1.1 200\r\nX: y\r\n\r\n").status == 200)
    }

    @Test("a connection is kept as version and header say")
    func keeps() throws {
        #expect(try read("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n").keepsConnection)
        #expect(try !read("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n").keepsConnection)
        #expect(try !read("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n").keepsConnection)
        #expect(try !read("HTTP/1.1 200 OK\r\nX: y\r\n\r\n").keepsConnection)
    }
}
