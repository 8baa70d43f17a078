// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import BalancerProxy

/// A request's head, read, with its fields as text.
struct ReadRequest {
    let head: RequestHead
    let method: String
    let target: String
    let authority: String
    let fields: [(name: String, value: String, kind: FieldKind)]

    /// Reads a whole head from text.
    init(_ text: String) throws {
        let bytes = Array(text.utf8)
        let fields = FieldList(capacity: 32)
        self = try bytes.withUnsafeBytes { raw in
            var scanner = HeadScanner()
            guard let length = try scanner.findEnd(in: raw, limit: 4096) else { throw Incomplete() }
            let head = try RequestParser.read(raw.part(0..<length), into: fields)
            return ReadRequest(head, MessageView(bytes: raw.part(0..<length), fields: fields))
        }
    }

    private init(_ head: RequestHead, _ message: MessageView) {
        self.head = head
        method = message.bytes[head.method].text
        target = message.bytes[head.target].text
        authority = message.bytes[head.authority].text
        fields = (0..<message.count).map {
            (message.name($0).text, message.value($0).text, message.fields[$0].kind)
        }
    }

    struct Incomplete: Error {}
}

@Suite("A request's head")
struct RequestParserTests {
    @Test("a plain request is read")
    func plain() throws {
        let request = try ReadRequest("GET /a?b=c HTTP/1.1\r\nHost: example.org:8080\r\nX-Y:  z \t\r\n\r\n")
        #expect(request.method == "GET")
        #expect(request.target == "/a?b=c")
        #expect(request.authority == "example.org:8080")
        #expect(request.head.framing == .none)
        #expect(request.head.keepsConnection)
        #expect(request.fields.map(\.value) == ["example.org:8080", "z"])
    }

    @Test(
        "the body's framing is read",
        arguments: [
            ("Content-Length: 12", BodyFraming.length(12)), ("Content-Length: 0", .none),
            ("Transfer-Encoding: chunked", .chunked), ("transfer-encoding: CHUNKED", .chunked), ("X: y", .none),
        ]
    )
    func framing(field: String, framing: BodyFraming) throws {
        #expect(try ReadRequest("POST / HTTP/1.1\r\nHost: a\r\n\(field)\r\n\r\n").head.framing == framing)
    }

    @Test("a target with its host in it is cut to its path, if the hosts agree")
    func absoluteForm() throws {
        let request = try ReadRequest("GET http://Example.org/x?y HTTP/1.1\r\nHost: example.org\r\n\r\n")
        #expect(request.target == "/x?y")
        #expect(request.authority == "Example.org")
        #expect(throws: HTTPSyntaxError.authorityMismatch) {
            try ReadRequest("GET http://evil.org/ HTTP/1.1\r\nHost: example.org\r\n\r\n")
        }
    }

    @Test(
        "what makes of one request two is refused",
        arguments: [
            (
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
                HTTPSyntaxError.lengthAndTransferEncoding
            ),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", .duplicateContentLength),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", .duplicateContentLength),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n", .malformedContentLength),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n", .malformedContentLength),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", .malformedContentLength),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\n", .malformedContentLength),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", .malformedContentLength),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999999999999\r\n\r\n", .malformedContentLength),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", .unknownTransferEncoding),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", .unknownTransferEncoding),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n", .unknownTransferEncoding),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \"chunked\"\r\n\r\n", .malformedTransferEncoding),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\u{b}chunked\r\n\r\n", .malformedFieldValue),
            (
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
                .malformedTransferEncoding
            ),
            (
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n",
                .malformedTransferEncoding
            ),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n", .malformedTransferEncoding),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n", .spaceBeforeColon),
            ("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", .malformedTransferEncoding),
        ]
    )
    func smuggling(text: String, error: HTTPSyntaxError) {
        #expect(throws: error) { try ReadRequest(text) }
    }

    @Test(
        "malformed lines are refused",
        arguments: [
            ("GET / HTTP/1.1\nHost: a\n\n", HTTPSyntaxError.bareLineFeed),
            ("GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", .bareLineFeed),
            ("GET / HTTP/1.1\r\nHost: a\r\nX: y\rz\r\n\r\n", .malformedFieldValue),
            ("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n", .foldedLine),
            ("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\tz\r\n\r\n", .foldedLine),
            ("GET / HTTP/1.1\r\n Host: a\r\n\r\n", .foldedLine),
            ("GET / HTTP/1.1\r\nHost: a\r\nX: y\0z\r\n\r\n", .malformedFieldValue),
            ("GET / HTTP/1.1\r\nHost: a\r\nX\0: y\r\n\r\n", .malformedFieldName),
            ("GET / HTTP/1.1\r\nHost: a\r\nX Y: z\r\n\r\n", .spaceBeforeColon),
            ("GET / HTTP/1.1\r\nHost: a\r\nX : z\r\n\r\n", .spaceBeforeColon),
            ("GET / HTTP/1.1\r\nHost: a\r\n: z\r\n\r\n", .malformedFieldName),
            ("GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", .malformedFieldName),
            ("GET / HTTP/1.1\r\nHost: a\r\n(X): y\r\n\r\n", .malformedFieldName),
            ("GET / HTTP/1.1\r\nHost: a\r\nÄ: y\r\n\r\n", .malformedFieldName),
            ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
            ("GET /\tx HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
            ("GET / x HTTP/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
            ("GET /#x HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
            ("GET /\u{e4} HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
            ("GET x HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
            ("GET * HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
            ("GET /\r\nHost: a\r\n\r\n", .malformedRequestLine),
            (" GET / HTTP/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
            ("G@T / HTTP/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
            ("GET / http/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
            ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", .malformedRequestLine),
            ("GET / HTTP/1.10\r\nHost: a\r\n\r\n", .malformedRequestLine),
            ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", .unsupportedVersion),
            ("GET / HTTP/1.2\r\nHost: a\r\n\r\n", .unsupportedVersion),
            ("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", .methodRefused),
            ("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", .methodRefused),
            ("GET / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\n\r\n", .expectationFailed),
        ]
    )
    func malformed(text: String, error: HTTPSyntaxError) {
        #expect(throws: error) { try ReadRequest(text) }
    }

    @Test(
        "a host is required, once, and must be one",
        arguments: [
            ("GET / HTTP/1.1\r\n\r\n", HTTPSyntaxError.missingHost),
            ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", .duplicateHost),
            ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", .duplicateHost),
            ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", .malformedHost),
            ("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", .malformedHost),
            ("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", .malformedHost),
            ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", .malformedHost),
            ("GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", .malformedHost),
            ("GET / HTTP/1.1\r\nHost: a:1:2\r\n\r\n", .malformedHost),
        ]
    )
    func host(text: String, error: HTTPSyntaxError) {
        #expect(throws: error) { try ReadRequest(text) }
    }

    @Test("hosts of all kinds are taken", arguments: ["a", "a.b:80", "127.0.0.1", "[::1]", "[::1]:80", ""])
    func hosts(host: String) throws {
        #expect(try ReadRequest("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n").authority == host)
    }

    @Test("HTTP/1.0 needs no host and keeps its connection only if it says so")
    func oldVersion() throws {
        #expect(!(try ReadRequest("GET / HTTP/1.0\r\n\r\n").head.keepsConnection))
        #expect(try ReadRequest("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").head.keepsConnection)
    }

    @Test("headers that Connection names stay on this hop, but not those that frame or tell of the client")
    func named() throws {
        let request = try ReadRequest(
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: X-One, host, content-length, x-forwarded-for\r\n"
                + "Content-Length: 3\r\nX-One: 1\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n"
        )
        #expect(request.fields.map(\.kind) == [.host, .connection, .contentLength, .hopByHop, .forwardedFor])
        #expect(request.head.framing == .length(3))
    }

    @Test("an upgrade needs both headers, and none leads to HTTP/2")
    func upgrade() throws {
        func traits(_ fields: String) throws -> MessageTraits {
            try ReadRequest("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n").head.traits
        }
        #expect(try traits("Connection: Upgrade\r\nUpgrade: websocket").contains(.upgrade))
        #expect(try !traits("Upgrade: websocket").contains(.upgrade))
        #expect(try !traits("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c").contains(.upgrade))
    }

    @Test(
        "names that servers take for forwarding headers are recognised as such",
        arguments: [
            ("X-Forwarded-For", FieldKind.forwardedFor), ("x_forwarded_for", .forwardedFor),
            ("X-Forwarded_Proto", .forwardedProto), ("Forwarded", .forwarded), ("X-Real-IP", .forwardedOther),
            ("X_Real_IP", .forwardedOther), ("X-Forwarded-Port", .forwardedOther),
            ("X-Forwarded-Anything", .forwardedOther),
            ("X-Forward", .other), ("Endpoint-Load-Metrics", .loadReport), ("endpoint-load-metrics-bin", .loadReport),
            ("ENDPOINT-LOAD-METRICS-JSON", .loadReport),
        ]
    )
    func kinds(name: String, kind: FieldKind) {
        #expect(Array(name.utf8).withUnsafeBytes { FieldKind.of($0) } == kind)
    }

    @Test("the table of tokens is the grammar's")
    func tokens() {
        #expect(ASCII.hasTokenTable)
        let tokens = (0...255).filter { ASCII.isToken(UInt8($0)) }
        #expect(tokens.count == 15 + 10 + 52)
    }

    @Test("too many headers, or too long a head, is refused")
    func limits() {
        let many = (0..<40).map { "X-\($0): y\r\n" }.joined()
        #expect(throws: HTTPSyntaxError.tooManyFields) { try ReadRequest("GET / HTTP/1.1\r\nHost: a\r\n\(many)\r\n") }
        let long = String(repeating: "y", count: 5000)
        #expect(throws: HTTPSyntaxError.headTooLarge) {
            try ReadRequest("GET / HTTP/1.1\r\nHost: a\r\nX: \(long)\r\n\r\n")
        }
        #expect(throws: HTTPSyntaxError.targetTooLong) { try ReadRequest("GET /\(long) HTTP/1.1\r\nHost: a\r\n\r\n") }
    }
}
