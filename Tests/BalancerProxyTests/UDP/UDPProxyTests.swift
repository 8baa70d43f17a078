// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@testable import BalancerProxy

@Suite("A UDP proxy's start, end and figures")
struct UDPProxyTests {
    @Test("addresses that can't be received at are refused, with the reason")
    func listening() throws {
        let first = try UDPListener(UnusedPort.address())
        #expect {
            try UDPListener(first.localAddress)
        } throws: {
            ($0 as? ProxyError)?.code == .addressInUse
        }
        #expect {
            try UDPListener(.unix(path: "/run/x.sock"))
        } throws: {
            ($0 as? ProxyError)?.code == .invalidAddress
        }
        #expect {
            try UDPListener(StreamAddress("192.0.2.77:0"))
        } throws: {
            ($0 as? ProxyError)?.code == .addressNotAvailable
        }
        // A port of TCP is another than that of UDP.
        _ = try TCPListener(first.localAddress)
    }

    static let wrong: [@Sendable (inout UDPProxyConfiguration) -> Void] = [
        { $0.maxFlows = 0 }, { $0.maxAttempts = 0 }, { $0.idleTimeout = .zero }, { $0.answerTimeout = .zero },
        { $0.endpointWait = .seconds(-1) }, { $0.drainTimeout = .seconds(-1) }, { $0.answersPerFlow = 0 },
        { $0.maxKeptBytes = -1 }, { $0.quietTime = .zero },
    ]

    @Test("values out of range are refused", arguments: wrong.indices)
    func configuration(index: Int) throws {
        var configuration = UDPProxyConfiguration()
        Self.wrong[index](&configuration)
        let balancer = try LoadBalancer<StreamAddress>(policy: .roundRobin)
        #expect {
            try UDPProxy(listeners: [], balancer: balancer, configuration: configuration)
        } throws: {
            ($0 as? ProxyError)?.code == .invalidConfiguration
        }
    }

    @Test("a graceful end takes no new clients, and lets those that are there go on")
    func graceful() async throws {
        let server = try DatagramServer.named("a")
        try await withDatagramProxy(to: [server.endpoint], configure: { $0.quietTime = .seconds(60) }) {
            proxy,
            address in
            let client = try DatagramPeer(to: address)
            #expect(try await client.ask("who") == "a")
            proxy.shutdown(within: .seconds(120))
            #expect(try await client.ask("who") == "a")
            let late = try DatagramPeer(to: address)
            try late.send([1])
            #expect(await eventually { proxy.counters.dropped == 1 })
            #expect(proxy.counters.active == 1)
        }
    }

    @Test("a graceful end comes by itself when those that are there are quiet, and only once")
    func quiet() async throws {
        let server = try DatagramServer.named("a")
        let balancer = try LoadBalancer(policy: .roundRobin, endpoints: [server.endpoint])
        var configuration = UDPProxyConfiguration()
        configuration.quietTime = .milliseconds(50)
        let proxy = try UDPProxy(
            listeners: [UDPListener(.loopback(port: 0))],
            balancer: balancer,
            configuration: configuration
        )
        let client = try DatagramPeer(to: proxy.localAddresses[0])
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await proxy.run() }
            #expect(try await client.ask("who") == "a")
            proxy.shutdown(within: .seconds(600))
            try await tasks.waitForAll()
        }
        #expect(proxy.counters.active == 0 && balancer.inFlight(on: "a") == 0)
        await #expect(throws: ProxyError.self) { try await proxy.run() }
    }

    @Test("a cancelled task ends the proxy at once")
    func cancelled() async throws {
        let server = try DatagramServer.named("a")
        let balancer = try LoadBalancer(policy: .roundRobin, endpoints: [server.endpoint])
        let proxy = try UDPProxy(listeners: [UDPListener(.loopback(port: 0))], balancer: balancer)
        let client = try DatagramPeer(to: proxy.localAddresses[0])
        let task = Task { try await proxy.run() }
        #expect(try await client.ask("who") == "a")
        task.cancel()
        try await task.value
        #expect(balancer.inFlight(on: "a") == 0)
    }

    @Test("the figures are written as Prometheus reads them, and those of several proxies are added")
    func metrics() {
        let web = EndpointCounters(active: 1, connected: 2, failed: 3, bytesSent: 4, bytesReceived: 5)
        var counters = UDPProxyCounters(flows: 2, active: 1, dropped: 7, failedEndpoints: 3, endpoints: ["web": web])
        counters.add(counters)
        let lines = counters.prometheusText(prefix: "p").split(separator: "\n")
        for line in [
            "p_flows_total 4", "p_flows_active 2", "p_datagrams_dropped_total 14", "p_endpoints_failed_total 6",
            "p_endpoint_flows_active{endpoint=\"web\"} 2", "p_endpoint_flows_total{endpoint=\"web\"} 4",
            "p_endpoint_failures_total{endpoint=\"web\"} 6", "p_endpoint_sent_bytes_total{endpoint=\"web\"} 8",
            "p_endpoint_received_bytes_total{endpoint=\"web\"} 10",
        ] {
            #expect(lines.contains(Substring(line)))
        }
        #expect(lines.count { $0.hasPrefix("# TYPE") } == 9)
    }
}
