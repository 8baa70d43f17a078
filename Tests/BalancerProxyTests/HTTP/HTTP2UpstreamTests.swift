// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@testable import BalancerProxy

@Suite("HTTP/2 to endpoints", .serialized)
struct HTTP2UpstreamTests {
    /// A server that answers each request with a text that says on which of its connections it came.
    private func answering(_ text: String = "hello", settings: [UInt8] = []) throws -> TestServer {
        let connections = Counter()
        return try TestServer { socket in
            connections.add(1)
            let number = connections.value
            let peer = try FramePeer(socket, settings: settings)
            while let frame = try peer.next() {
                if frame.endsStream { try peer.answer(frame.stream, "\(text) \(number)") }
            }
        }
    }

    private func post(_ body: String) -> String {
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// Asks at the same time, each over a connection of its own.
    private func askAll(_ address: StreamAddress, _ requests: [String]) async throws -> [ClientAnswer] {
        try await withThrowingTaskGroup(of: ClientAnswer.self) { group in
            for request in requests { group.addTask { try await ask(address, request) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    // MARK: Sharing

    @Test("requests of many clients share one connection, also those that come before it is there")
    func sharing() async throws {
        let server = try TestServer { socket in
            let peer = try FramePeer(socket)
            // None is answered before all have come.
            var waiting: [UInt32] = []
            while waiting.count < 20, let stream = try peer.request() { waiting.append(stream) }
            for stream in waiting.reversed() { try peer.answer(stream, "stream \(stream)") }
            _ = try peer.next(7)
        }
        try await withHTTP2Endpoints(endpoints([server])) { proxy, address in
            let answers = try await askAll(address, Array(repeating: get(), count: 20))
            #expect(answers.allSatisfy { $0.status == 200 })
            #expect(Set(answers.map(\.body)).count == 20)
            #expect(server.clients == 1)
            #expect(proxy.counters.endpoints["e0"]?.connected == 1)
            #expect(await eventually { proxy.balancer.status().allSatisfy { $0.inFlight == 0 } })
        }
    }

    @Test("an endpoint that allows one request at a time gets a connection for each")
    func limited() async throws {
        let hold = Counter()
        let server = try TestServer { socket in
            let peer = try FramePeer(socket, settings: FramePeer.setting(3, 1))
            while let stream = try peer.request() {
                hold.add(1)
                // The second and third answer only when both have come.
                while hold.value == 2 { Thread.pause(milliseconds: 5) }
                try peer.answer(stream, "one")
            }
        }
        try await withHTTP2Endpoints(endpoints([server])) { _, address in
            #expect(try await ask(address, get()).body == "one")
            let answers = try await askAll(address, [get(), get()])
            #expect(answers.map(\.body) == ["one", "one"])
            #expect(server.clients == 2)
        }
    }

    @Test("fields, bodies and trailers are translated in both directions")
    func translation() async throws {
        let body = Collector()
        let heads = Counter()
        let server = try TestServer { socket in
            let peer = try FramePeer(socket)
            while let frame = try peer.next() {
                if frame.type == 0 { body.add(frame.payload) }
                if frame.type == 1 { heads.add(1) }
                guard frame.endsStream else { continue }
                try peer.write(1, 4, frame.stream, [0x08, 3] + Array("103".utf8) + Frames.field("link", "early"))
                try peer.head(
                    frame.stream,
                    fields: Frames.field("x-answer", "A") + Frames.field("endpoint-load-metrics", "cpu_utilization:0.5")
                )
                try peer.write(0, 0, frame.stream, Array("abc".utf8))
                try peer.write(0, 0, frame.stream, Array("def".utf8))
                try peer.write(1, 5, frame.stream, Frames.field("x-trailer", "t"))
            }
        }
        try await withHTTP2Endpoints(endpoints([server])) { proxy, address in
            let client = try await RawClient(address)
            try await client.send(
                "POST /path?q HTTP/1.1\r\nHost: example.org\r\nConnection: x-hop\r\nX-Hop: 1\r\nX-Ask: why\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-End: e\r\n\r\n"
            )
            let early = try await client.answer()
            #expect(early.status == 103)
            #expect(early.value("link") == "early")
            let answer = try await client.answer()
            #expect(answer.status == 200)
            #expect(answer.body == "abcdef")
            #expect(answer.value("x-answer") == "A")
            #expect(answer.value("Via") == "2 nestbox")
            #expect(answer.value("endpoint-load-metrics") == nil)
            #expect(proxy.counters.endpoints["e0"]?.loadReports == 1)
            try await client.send(get(fields: "Connection: close\r\n"))
            let whole = try await client.remainder()
            #expect(whole.hasSuffix("0\r\nx-trailer: t\r\n\r\n"), "\(whole)")
            #expect(String(decoding: body.bytes, as: UTF8.self) == "abcde")
            // The trailers are a head of their own.
            #expect(heads.value == 3)
        }
    }

    @Test("an answer without a body or a length does not keep an HTTP/1 client waiting", arguments: ["GET", "HEAD"])
    func bare(method: String) async throws {
        let server = try TestServer { socket in
            let peer = try FramePeer(socket)
            while let stream = try peer.request() {
                try peer.head(stream, fields: method == "HEAD" ? Frames.field("content-length", "42") : [], ends: true)
            }
        }
        try await withHTTP2Endpoints(endpoints([server])) { _, address in
            let client = try await RawClient(address)
            for _ in 0..<2 {
                try await client.send("\(method) / HTTP/1.1\r\nHost: a\r\n\r\n")
                let answer = try await client.answer(toHead: true)
                #expect(answer.status == 200)
                #expect(answer.value("Content-Length") == (method == "HEAD" ? "42" : "0"))
            }
        }
    }

    // MARK: Going away

    @Test("what an endpoint that goes away has not looked at is sent elsewhere, whatever its method")
    func goAway() async throws {
        let connections = Counter()
        let server = try TestServer { socket in
            connections.add(1)
            let peer = try FramePeer(socket)
            if connections.value > 1 {
                while let frame = try peer.next() {
                    if frame.endsStream { try peer.answer(frame.stream, "again") }
                }
                return
            }
            var ended = 0
            while ended < 3, let frame = try peer.next() { if frame.endsStream { ended += 1 } }
            try peer.goAway(last: 1)
            try peer.answer(1, "first")
            while try peer.next() != nil {}
        }
        try await withHTTP2Endpoints(endpoints([server])) { proxy, address in
            let answers = try await askAll(address, ["a", "b", "c"].map(post))
            #expect(answers.map(\.body).sorted() == ["again", "again", "first"])
            #expect(proxy.counters.retries == 2)
            #expect(try await ask(address, post("d")).body == "again")
            #expect(server.clients == 2)
        }
    }

    @Test("a request that an endpoint refuses is sent again; one that it breaks off is not, if that could do it twice")
    func refused() async throws {
        let server = try TestServer { socket in
            let peer = try FramePeer(socket)
            var count = 0
            while let frame = try peer.next() {
                guard frame.endsStream else { continue }
                count += 1
                switch count {
                case 1: try peer.reset(frame.stream, 7)
                case 3: try peer.reset(frame.stream, 8)
                default: try peer.answer(frame.stream, "served \(count)")
                }
            }
        }
        try await withHTTP2Endpoints(endpoints([server])) { _, address in
            let answers = [
                try await ask(address, post("a")), try await ask(address, post("b")), try await ask(address, post("c")),
            ]
            #expect(answers[0].body == "served 2")
            #expect(answers[1].status == 502)
            #expect(answers[2].body == "served 4")
            #expect(server.clients == 1)
        }
    }

    @Test("an idle connection that the endpoint closes is replaced, and no request is lost by it")
    func closed() async throws {
        let server = try TestServer { socket in
            let peer = try FramePeer(socket)
            if let stream = try peer.request() { try peer.answer(stream, "and gone") }
        }
        try await withHTTP2Endpoints(endpoints([server])) { _, address in
            for _ in 0..<10 {
                let answer = try await ask(address, get())
                #expect(answer.body == "and gone")
            }
            #expect(server.clients >= 10)
        }
    }

    @Test("an endpoint that is taken away answers what it has, then its connection closes")
    func draining() async throws {
        let stop = Counter()
        let ended = Counter()
        let server = try TestServer { socket in
            let peer = try FramePeer(socket)
            guard let stream = try peer.request() else { return }
            stop.add(1)
            while stop.value < 2 { Thread.pause(milliseconds: 5) }
            try peer.answer(stream, "to the end")
            while try peer.next() != nil {}
            ended.add(1)
        }
        try await withHTTP2Endpoints(endpoints([server])) { proxy, address in
            async let answer = ask(address, get())
            #expect(await eventually { stop.value == 1 })
            try proxy.balancer.update([])
            stop.add(1)
            #expect(try await answer.body == "to the end")
            #expect(await eventually { ended.value == 1 })
        }
    }

    @Test("no request is lost in 100 changes of endpoints under load")
    func changes() async throws {
        let servers = try (0..<4).map { _ in try answering() }
        let all = endpoints(servers)
        try await withHTTP2Endpoints(all) { proxy, address in
            let stop = Counter()
            let lost = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        var lost = 0
                        let client = try await RawClient(address)
                        while stop.value == 0 { if try await client.ask(get()).status != 200 { lost += 1 } }
                        return lost
                    }
                }
                for change in 0..<100 {
                    try proxy.balancer.update(change.isMultiple(of: 2) ? Array(all[..<2]) : Array(all[2...]))
                    try await Task.sleep(for: .milliseconds(10))
                }
                stop.add(1)
                return try await group.reduce(0, +)
            }
            #expect(lost == 0)
        }
    }

    // MARK: Clients and endpoints that break off

    @Test("a client that goes takes its request back, and the connection goes on")
    func abandoned() async throws {
        let codes = Collector()
        let asked = Counter()
        let server = try TestServer { socket in
            let peer = try FramePeer(socket)
            while let frame = try peer.next() {
                if frame.type == 3 { codes.add([UInt8(frame.number)]) }
                guard frame.endsStream else { continue }
                asked.add(1)
                if asked.value > 1 { try peer.answer(frame.stream, "next") }
            }
        }
        try await withHTTP2Endpoints(endpoints([server])) { _, address in
            var client: RawClient? = try await RawClient(address)
            try await client?.send(get())
            #expect(await eventually { asked.value == 1 })
            client = nil
            #expect(await eventually { codes.bytes == [8] })
            #expect(try await ask(address, get()).body == "next")
            #expect(server.clients == 1)
        }
    }

    @Test("an endpoint that does not answer in time gets its request taken back, and the client 504")
    func timeout() async throws {
        let codes = Collector()
        let server = try TestServer { socket in
            let peer = try FramePeer(socket)
            while let frame = try peer.next() { if frame.type == 3 { codes.add([UInt8(frame.number)]) } }
        }
        try await withHTTP2Endpoints(
            endpoints([server]),
            configure: { $0.timeouts.firstByte = .milliseconds(200) }
        ) { _, address in
            let answer = try await ask(address, get())
            #expect(answer.status == 504)
            #expect(await eventually { codes.bytes == [8] })
        }
    }

    @Test(
        "what is no answer is 502, and others are served",
        arguments: [
            "data first", "upper case", "wrong length", "chunked", "status 101", "large head", "trailers only", "text",
        ]
    )
    func malformed(kind: String) async throws {
        let bad = try TestServer { socket in
            let peer = try FramePeer(socket)
            guard let stream = try peer.request() else { return }
            switch kind {
            case "data first": try peer.write(0, 1, stream, [1, 2, 3])
            case "upper case": try peer.head(stream, fields: Frames.field("X-Upper", "a"), ends: true)
            case "wrong length":
                try peer.head(stream, fields: Frames.field("content-length", "5"))
                try peer.write(0, 1, stream, [1, 2])
            case "chunked": try peer.head(stream, fields: Frames.field("transfer-encoding", "chunked"), ends: true)
            case "status 101": try peer.write(1, 4, stream, [0x08, 3] + Array("101".utf8))
            case "large head":
                let field = Frames.field("x-large", String(repeating: "a", count: 120))
                try peer.write(1, 0, stream, [0x88] + Array(repeating: field, count: 100).joined())
                for _ in 0..<4 { try peer.write(9, 0, stream, Array(Array(repeating: field, count: 100).joined())) }
                try peer.write(9, 4, stream, field)
            case "trailers only": try peer.write(1, 5, stream, Frames.field("x-trailer", "t"))
            default: try peer.socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
            }
            while try peer.next() != nil {}
        }
        let good = try answering()
        let set = [Endpoint(id: "bad", address: bad.address), Endpoint(id: "good", address: good.address)]
        try await withHTTP2Endpoints([set[0]]) { proxy, address in
            let client = try await RawClient(address)
            try await client.send(post("a"))
            if kind == "wrong length" {
                // The head was the client's already: it sees that bytes are missing.
                let first = try? await client.answer()
                #expect(first?.body.utf8.count ?? 0 < 5)
            } else {
                #expect(try await client.answer().status == 502)
            }
            try proxy.balancer.update([set[1]])
            #expect(try await ask(address, get()).status == 200)
        }
    }
}
