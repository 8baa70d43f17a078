// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@testable import BalancerProxy

@Suite("HTTP endpoints that fail", .serialized)
struct HTTPFailureTests {
    /// An endpoint that no one listens at.
    private func deadEndpoint() throws -> Endpoint<StreamAddress> {
        Endpoint(id: "dead", address: try UnusedPort.address())
    }

    @Test(
        "a request goes to another endpoint when one can't be reached, whatever its method",
        arguments: ["GET", "POST"]
    )
    func unreachable(method: String) async throws {
        let backend = try HTTPBackend(text: "alive")
        let all = [try deadEndpoint()] + endpoints([backend])
        try await withHTTPProxy(to: all) { proxy, address in
            for _ in 0..<4 {
                let client = try await RawClient(address)
                let answer = try await client.ask("\(method) / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody")
                #expect(answer.body == "alive")
            }
            #expect(backend.requests.allSatisfy { $0.body == Array("body".utf8) })
            #expect(proxy.counters.retries >= 1)
            #expect(proxy.counters.endpoints["dead"]?.failed ?? 0 >= 1)
        }
    }

    @Test("503 if no endpoint can be reached, and the connection goes on")
    func noneReachable() async throws {
        try await withHTTPProxy(to: [try deadEndpoint()]) { proxy, address in
            let client = try await RawClient(address)
            #expect(try await client.ask(get()).status == 503)
            #expect(try await client.ask(get()).status == 503)
            #expect(proxy.counters.unavailable == 2)
        }
        try await withHTTPProxy(to: []) { _, address in
            let answer = try await ask(address, get())
            #expect(answer.status == 503)
        }
    }

    /// A server that breaks its first connection off after a request, and serves all others.
    private func breaksOnce() throws -> (TestServer, Counter) {
        let count = Counter()
        let server = try TestServer { socket in
            let reader = RequestReader(socket)
            while try reader.next(connection: 0) != nil {
                count.add(1)
                if count.value == 1 { return socket.resetOnClose() }
                try socket.write(HTTPBackend.ok("served"))
            }
        }
        return (server, count)
    }

    @Test(
        "a request whose endpoint breaks off is sent again if its method is idempotent",
        arguments: ["GET", "PUT", "DELETE"]
    )
    func idempotent(method: String) async throws {
        let (one, count) = try breaksOnce()
        let other = try HTTPBackend(text: "served")
        let all = endpoints([one, other.server])
        try await withHTTPProxy(to: all) { _, address in
            for _ in 0..<4 {
                let client = try await RawClient(address)
                let answer = try await client.ask("\(method) / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody")
                #expect(answer.body == "served")
            }
            #expect(count.value >= 1)
        }
    }

    @Test("one that is not idempotent is never sent twice")
    func notIdempotent() async throws {
        let (server, count) = try breaksOnce()
        try await withHTTPProxy(to: endpoints([server])) { _, address in
            let client = try await RawClient(address)
            let answer = try await client.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody")
            #expect(answer.status == 502)
            #expect(count.value == 1)
        }
    }

    @Test("no request is lost when endpoints close idle connections just as they are used again")
    func staleConnections() async throws {
        // Each connection serves one request and closes without announcing it.
        let server = try TestServer { socket in
            _ = try RequestReader(socket).next(connection: 0)
            try socket.write(HTTPBackend.ok("served"))
        }
        try await withHTTPProxy(to: endpoints([server])) { _, address in
            let client = try await RawClient(address)
            for _ in 0..<200 {
                #expect(try await client.ask(get()).body == "served")
            }
        }
    }

    @Test("retries end with their budget")
    func budget() async throws {
        let server = try TestServer { socket in
            _ = try socket.read()
            socket.resetOnClose()
        }
        let configure = { (configuration: inout HTTPProxyConfiguration) in
            configuration.retries.budget = RetryBudget(share: 0, minimumPerSecond: 0)
        }
        try await withHTTPProxy(to: endpoints([server]), configure: configure) { proxy, address in
            let answer = try await ask(address, get())
            #expect(answer.status == 502)
            #expect(proxy.counters.retries == 0)
        }
    }

    @Test("504 if the answer does not come in time, and what connects too slowly is left for another")
    func firstByte() async throws {
        let silent = try TestServer { socket in
            while !(try socket.read().isEmpty) {}
        }
        let configure = { (configuration: inout HTTPProxyConfiguration) in
            configuration.timeouts.firstByte = .milliseconds(200)
        }
        try await withHTTPProxy(to: endpoints([silent]), configure: configure) { proxy, address in
            let client = try await RawClient(address)
            #expect(try await client.ask(get()).status == 504)
            #expect(proxy.counters.timedOut == 1)
            #expect(proxy.balancer.status()[0].inFlight == 0)
        }
    }

    @Test("a whole request has an end if one is set, also while its answer flows")
    func total() async throws {
        let drip = try TestServer { socket in
            _ = try socket.read()
            try socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while true {
                try socket.write("x")
                Thread.pause(milliseconds: 20)
            }
        }
        try await withHTTPProxy(to: endpoints([drip]), configure: { $0.timeouts.total = .seconds(2) }) {
            _,
            address in
            let client = try await RawClient(address)
            try await client.send(get())
            #expect(try await client.answer(toHead: true).status == 200)
            await #expect(throws: SystemCallError.self) { try await client.remainder() }
        }
    }

    @Test(
        "an answer that breaks off is seen to by the client",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        ]
    )
    func truncated(answer: String) async throws {
        let server = try TestServer { socket in
            _ = try socket.read()
            try socket.write(answer)
        }
        try await withHTTPProxy(to: endpoints([server])) { proxy, address in
            let client = try await RawClient(address)
            try await client.send(get())
            #expect(try await client.answer(toHead: true).status == 200)
            await #expect(throws: SystemCallError.self) { try await client.remainder() }
            #expect(await eventually { proxy.counters.upstreamFailed == 1 })
        }
    }

    @Test(
        "a malformed answer is a bad gateway, and its connection is never used again",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "hello\r\n\r\n",
            "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", "HTTP/1.1 200 OK\r\nX: y\r\n folded\r\n\r\n",
        ]
    )
    func malformed(answer: String) async throws {
        let backend = try HTTPBackend { _ in answer }
        try await withHTTPProxy(to: endpoints([backend])) { _, address in
            let client = try await RawClient(address)
            #expect(try await client.ask(get()).status == 502)
            #expect(try await client.ask(get()).status == 502)
            #expect(backend.connections == 2)
        }
    }

    @Test("what an endpoint sends behind its answer never reaches the next client")
    func poisoned() async throws {
        let backend = try HTTPBackend { request in
            request.line.contains("/bad")
                ? HTTPBackend.ok("first") + HTTPBackend.ok("poison") : HTTPBackend.ok("clean")
        }
        try await withHTTPProxy(to: endpoints([backend])) { _, address in
            let client = try await RawClient(address)
            #expect(try await client.ask(get("/bad")).body == "first")
            #expect(try await client.ask(get("/good")).body == "clean")
        }
    }

    @Test("an early answer reaches the client, though its request is not complete")
    func earlyAnswer() async throws {
        let server = try TestServer { socket in
            _ = try socket.read()
            try socket.write("HTTP/1.1 413 Too Much\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            socket.finishWriting()
            Thread.pause(milliseconds: 300)
        }
        try await withHTTPProxy(to: endpoints([server])) { _, address in
            let client = try await RawClient(address)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nabc")
            #expect(try await client.answer().status == 413)
            #expect(try await client.remainder().isEmpty)
        }
    }

    @Test("endpoints that answer errors at once are ejected instead of drawing all requests")
    func sinkhole() async throws {
        let broken = try HTTPBackend { _ in "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n" }
        let well = try HTTPBackend(text: "well")
        var balancing = BalancerConfiguration()
        var detection = OutlierDetection()
        detection.consecutiveFailures = 3
        detection.maximumEjectedShare = 0.5
        balancing.outlierDetection = detection
        balancing.panicThreshold = 0
        try await withHTTPProxy(to: endpoints([broken, well]), balancing: balancing) { proxy, address in
            let client = try await RawClient(address)
            var errors = 0
            for _ in 0..<60 where try await client.ask(get()).status == 500 { errors += 1 }
            #expect(errors == 3)
            #expect(proxy.balancer.status()[0].isEjected)
        }
    }
}
