// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

@testable import BalancerProxy

/// Runs a proxy in front of endpoints for as long as `body` takes.
func withProxy<Connector: UpstreamConnector, Result>(
    to endpoints: [Endpoint<Connector.Address>],
    connector: Connector,
    configure: (inout TCPProxyConfiguration) -> Void = { _ in },
    workers: ProxyWorkers = .shared,
    _ body: (TCPProxy<Connector>, StreamAddress) async throws -> Result
) async throws -> Result {
    var configuration = TCPProxyConfiguration()
    configuration.drainTimeout = .seconds(5)
    configure(&configuration)
    let proxy = try TCPProxy(
        listeners: [TCPListener(.loopback(port: 0))],
        balancer: LoadBalancer(policy: .roundRobin, endpoints: endpoints),
        connector: connector,
        configuration: configuration,
        workers: workers
    )
    async let running: Void = proxy.run()
    do {
        let result = try await body(proxy, proxy.localAddresses[0])
        proxy.shutdown(within: .zero)
        try await running
        return result
    } catch {
        proxy.shutdown(within: .zero)
        throw error
    }
}

/// Runs a proxy that reaches its endpoints by ordinary sockets.
func withProxy<Result>(
    to endpoints: [Endpoint<StreamAddress>],
    configure: (inout TCPProxyConfiguration) -> Void = { _ in },
    workers: ProxyWorkers = .shared,
    _ body: (TCPProxy<DirectConnector>, StreamAddress) async throws -> Result
) async throws -> Result {
    try await withProxy(to: endpoints, connector: DirectConnector(), configure: configure, workers: workers, body)
}

/// Endpoints for servers, named `e0`, `e1` and so on.
func endpoints(_ servers: [TestServer]) -> [Endpoint<StreamAddress>] {
    servers.enumerated().map { Endpoint(id: "e\($0)", address: $1.address) }
}

/// Waits until something holds, and gives up after ten seconds.
func eventually(_ condition: () -> Bool) async -> Bool {
    for _ in 0..<1000 {
        if condition() { return true }
        try? await Task.sleep(for: .milliseconds(10))
    }
    return condition()
}
