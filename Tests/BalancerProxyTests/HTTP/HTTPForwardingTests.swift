// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@testable import BalancerProxy

@Suite("Forwarding HTTP", .serialized)
struct HTTPForwardingTests {
    @Test("a request goes to the endpoint and its answer comes back")
    func plain() async throws {
        let backend = try HTTPBackend { _ in HTTPBackend.ok("hello", fields: "X-Answer: yes\r\n") }
        try await withHTTPProxy(to: endpoints([backend])) { proxy, address in
            let client = try await RawClient(address)
            let answer = try await client.ask(get("/a?b=c", fields: "X-Ask: why\r\n"))
            #expect(answer.status == 200)
            #expect(answer.body == "hello")
            #expect(answer.value("X-Answer") == "yes")
            let request = try #require(backend.requests.first)
            #expect(request.line == "GET /a?b=c HTTP/1.1")
            #expect(request.value("Host") == "example.org")
            #expect(request.value("X-Ask") == "why")
            #expect(await eventually { proxy.counters.requests == 1 })
            #expect(proxy.counters.answers == [2: 1])
            #expect(proxy.balancer.status()[0].inFlight == 0)
        }
    }

    @Test("each request of one connection is balanced, and endpoints' connections are used again")
    func keepAlive() async throws {
        let backends = try (0..<2).map { number in try HTTPBackend(text: "\(number)") }
        try await withHTTPProxy(to: endpoints(backends)) { proxy, address in
            let client = try await RawClient(address)
            var answers: [String] = []
            for _ in 0..<10 { answers.append(try await client.ask(get()).body) }
            #expect(answers.filter { $0 == "0" }.count == 5)
            #expect(backends.allSatisfy { $0.connections == 1 })
            #expect(proxy.counters.accepted == 1)
        }
    }

    @Test("requests that a client sends ahead are answered in their order")
    func pipelining() async throws {
        let backend = try HTTPBackend { HTTPBackend.ok($0.line.split(separator: " ")[1].description) }
        try await withHTTPProxy(to: endpoints([backend])) { _, address in
            let client = try await RawClient(address)
            try await client.send((0..<20).map { get("/\($0)") }.joined())
            for number in 0..<20 {
                #expect(try await client.answer().body == "/\(number)")
            }
        }
    }

    @Test("a request that comes byte by byte is understood")
    func slowly() async throws {
        let backend = try HTTPBackend { HTTPBackend.ok(String(decoding: $0.body, as: UTF8.self)) }
        try await withHTTPProxy(to: endpoints([backend])) { _, address in
            let client = try await RawClient(address)
            let text =
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
            for byte in text {
                try await client.send(String(byte))
            }
            #expect(try await client.answer().body == "abcde")
        }
    }

    @Test("bodies of every kind arrive whole", arguments: [0, 1, 1000, 70_000, 500_000], [true, false])
    func bodies(size: Int, chunked: Bool) async throws {
        let backend = try HTTPBackend { request in
            let sum = request.body.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF_FFFF }
            return HTTPBackend.ok("\(request.body.count) \(sum)")
        }
        try await withHTTPProxy(to: endpoints([backend])) { _, address in
            let body = String((0..<size).map { Character(Unicode.Scalar(UInt8(97 + $0 % 26))) })
            let sum = body.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF_FFFF }
            let head = "POST / HTTP/1.1\r\nHost: a\r\n"
            let request =
                chunked
                ? head + "Transfer-Encoding: chunked\r\n\r\n"
                    + (size > 0 ? "\(String(size, radix: 16))\r\n\(body)\r\n" : "") + "0\r\n\r\n"
                : head + "Content-Length: \(size)\r\n\r\n\(body)"
            let client = try await RawClient(address)
            #expect(try await client.ask(request).body == "\(size) \(sum)")
            #expect(try await client.ask(get()).status == 200)
        }
    }

    @Test(
        "answers of every framing arrive whole, and the connection goes on",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nA: b\r\n\r\n",
        ]
    )
    func answers(text: String) async throws {
        let backend = try HTTPBackend { _ in text }
        try await withHTTPProxy(to: endpoints([backend])) { _, address in
            let client = try await RawClient(address)
            #expect(try await client.ask(get()).body == "hello")
            #expect(try await client.ask(get()).body == "hello")
            #expect(backend.connections == 1)
        }
    }

    @Test("an answer that ends with its connection is whole, in chunks for HTTP/1.1 and as it is for HTTP/1.0")
    func untilClose() async throws {
        let server = try TestServer { socket in
            _ = try socket.read()
            try socket.write("HTTP/1.0 200 OK\r\n\r\nhello ")
            try socket.write("world")
        }
        try await withHTTPProxy(to: endpoints([server])) { _, address in
            let client = try await RawClient(address)
            let answer = try await client.ask(get())
            #expect(answer.body == "hello world")
            #expect(answer.value("Transfer-Encoding") == "chunked")
            let old = try await RawClient(address)
            let oldAnswer = try await old.ask("GET / HTTP/1.0\r\n\r\n")
            #expect(oldAnswer.body == "hello world")
            #expect(oldAnswer.value("Transfer-Encoding") == nil)
            #expect(oldAnswer.value("Connection") == "close")
        }
    }

    @Test("answers without a body are told from those with one")
    func bodiless() async throws {
        let backend = try HTTPBackend { request in
            switch request.line.split(separator: " ")[1] {
            case "/204": "HTTP/1.1 204 No Content\r\n\r\n"
            case "/304": "HTTP/1.1 304 Not Modified\r\nContent-Length: 1234\r\n\r\n"
            default: "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n"
            }
        }
        try await withHTTPProxy(to: endpoints([backend])) { _, address in
            let client = try await RawClient(address)
            #expect(try await client.ask(get("/204")).status == 204)
            #expect(try await client.ask(get("/304")).value("Content-Length") == "1234")
            try await client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.answer(toHead: true).value("Content-Length") == "1234")
            #expect(try await client.ask(get("/204")).status == 204)
            #expect(backend.connections == 1)
        }
    }

    @Test("trailers pass in both directions, but not those that frame a message")
    func trailers() async throws {
        let server = try TestServer { socket in
            var text = ""
            while !text.hasSuffix("X-End: 1\r\n\r\n") { text += String(decoding: try socket.read(), as: UTF8.self) }
            let isClean = !text.contains("Content-Length")
            try socket.write(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n\(isClean ? "y" : "n")\r\n0\r\n"
            )
            try socket.write("X-Sum: 7\r\nContent-Length: 3\r\n\r\n")
        }
        try await withHTTPProxy(to: endpoints([server])) { _, address in
            let client = try await RawClient(address)
            try await client.send(
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            )
            try await client.send("1\r\nx\r\n0\r\nContent-Length: 9\r\nX-End: 1\r\n\r\n")
            let answer = try await client.remainder()
            #expect(answer.hasSuffix("1\r\ny\r\n0\r\nX-Sum: 7\r\n\r\n"))
        }
    }

    @Test("100-continue comes from the endpoint before the body is sent")
    func expectContinue() async throws {
        let server = try TestServer { socket in
            let head = String(decoding: try socket.read(), as: UTF8.self)
            guard head.contains("Expect: 100-continue"), head.hasSuffix("\r\n\r\n") else { return }
            try socket.write("HTTP/1.1 100 Continue\r\n\r\n")
            let body = try socket.read(exactly: 4)
            try socket.write(HTTPBackend.ok(String(decoding: body, as: UTF8.self)))
        }
        try await withHTTPProxy(to: endpoints([server])) { _, address in
            let client = try await RawClient(address)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
            #expect(try await client.answer().status == 100)
            #expect(try await client.ask("body").body == "body")
        }
    }

    @Test("a final answer instead of 100-continue ends the client's connection, for its body may follow or not")
    func expectRefused() async throws {
        let server = try TestServer { socket in
            _ = try socket.read()
            try socket.write("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n")
            _ = try socket.read()
        }
        try await withHTTPProxy(to: endpoints([server])) { _, address in
            let client = try await RawClient(address)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
            #expect(try await client.answer().status == 401)
            #expect(try await client.remainder().isEmpty)
        }
    }

    @Test("an upgrade makes of the connection a tunnel")
    func upgrade() async throws {
        let server = try TestServer { socket in
            let head = String(decoding: try socket.read(), as: UTF8.self)
            guard head.contains("Upgrade: websocket"), head.contains("Connection: upgrade") else { return }
            try socket.write("HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nfirst")
            while true {
                let bytes = try socket.read()
                if bytes.isEmpty { return }
                try socket.write(bytes)
            }
        }
        try await withHTTPProxy(to: endpoints([server])) { proxy, address in
            let client = try await RawClient(address)
            try await client.send(get("/", fields: "Connection: Upgrade\r\nUpgrade: websocket\r\n"))
            let answer = try await client.answer()
            #expect(answer.status == 101)
            #expect(answer.value("Upgrade") == "websocket")
            #expect(try await client.socket.exchange("", answer: 5) == "first")
            #expect(try await client.socket.exchange("ping", answer: 4) == "ping")
            #expect(proxy.balancer.status()[0].inFlight == 1)
            client.socket.finishWriting()
            #expect(try await client.remainder().isEmpty)
            #expect(await eventually { proxy.counters.active == 0 })
            #expect(proxy.balancer.status()[0].inFlight == 0)
            #expect(proxy.counters.upgraded == 1)
        }
    }

    @Test("an endpoint that changes protocols unasked is not believed")
    func upgradeUnasked() async throws {
        let server = try TestServer { socket in
            _ = try socket.read()
            try socket.write("HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
        }
        try await withHTTPProxy(to: endpoints([server])) { _, address in
            let answer = try await ask(address, get())
            #expect(answer.status == 502)
        }
    }
}
