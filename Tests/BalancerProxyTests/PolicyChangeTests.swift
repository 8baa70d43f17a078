// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@testable import BalancerProxy

@Suite("Another balancer for a TCP proxy that runs")
struct PolicyChangeTests {
    @Test("connections stay where they are, and new ones go where the new balancer says")
    func change() async throws {
        let server = try TestServer.echo()
        let greeter = try TestServer.greeter("new")
        let set = endpoints([server])
        let former = try LoadBalancer(policy: .roundRobin, endpoints: set)
        try await withProxy(to: set) { proxy, address in
            proxy.use(former)
            let client = try await TestSocket.connect(to: address)
            #expect(try await client.exchange("one", answer: 3) == "one")
            #expect(await eventually { former.inFlight(on: "e0") == 1 })
            let next = try LoadBalancer(
                policy: .leastRequests,
                endpoints: [Endpoint(id: "next", address: greeter.address)]
            )
            proxy.use(next)
            #expect(proxy.balancer === next)
            for _ in 0..<8 {
                let answer = try await Thread.run { try TestSocket(to: address).readToEnd() }
                #expect(String(decoding: answer, as: UTF8.self) == "new")
            }
            #expect(try await client.exchange("two", answer: 3) == "two")
            #expect(former.inFlight(on: "e0") == 1)
            client.finishWriting()
            #expect(try await client.remainder().isEmpty)
            // Each is told of the connections that it placed.
            #expect(await eventually { former.inFlight(on: "e0") == 0 && next.inFlight(on: "next") == 0 })
            #expect(proxy.counters.endpoints["next"]?.connected == 8)
        }
    }

    @Test("who waits for an endpoint gets one of the new balancer's")
    func waiting() async throws {
        let server = try TestServer.greeter("at last")
        try await withProxy(to: [], configure: { $0.endpointWait = .seconds(20) }) { proxy, address in
            let client = try await TestSocket.connect(to: address)
            #expect(await eventually { proxy.counters.active == 1 })
            proxy.use(try LoadBalancer(policy: .random, endpoints: endpoints([server])))
            #expect(String(decoding: try await client.remainder(), as: UTF8.self) == "at last")
        }
    }
}
