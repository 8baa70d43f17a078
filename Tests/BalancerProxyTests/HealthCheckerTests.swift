// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@testable import BalancerProxy

@Suite("Health checks", .serialized)
struct HealthCheckerTests {
    private static var quick: HealthCheck.Configuration {
        var configuration = HealthCheck.Configuration()
        configuration.interval = .milliseconds(50)
        configuration.unhealthyInterval = .milliseconds(50)
        configuration.unhealthyThreshold = 2
        configuration.healthyThreshold = 2
        return configuration
    }

    private func whileChecking(
        _ balancer: LoadBalancer<StreamAddress>,
        _ probe: HealthProbe,
        _ body: () async throws -> Void
    ) async throws {
        let checker = try HealthChecker(
            balancer: balancer,
            connector: DirectConnector(),
            probe: probe,
            configuration: Self.quick,
            timeout: .milliseconds(300)
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await checker.run() }
            try await body()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private func health(_ balancer: LoadBalancer<StreamAddress>, _ index: Int) -> EndpointHealth? {
        let all = balancer.status()
        return index < all.count ? all[index].health : nil
    }

    @Test("an endpoint that accepts is well, one that refuses is not, and it is noticed when that changes")
    func tcp() async throws {
        let server = try TestServer.echo()
        let dead = try UnusedPort.address()
        let balancer = try LoadBalancer(
            policy: .roundRobin,
            endpoints: endpoints([server]) + [Endpoint(id: "dead", address: dead)]
        )
        try await whileChecking(balancer, .tcp) {
            #expect(await eventually { health(balancer, 0) == .healthy && health(balancer, 1) == .unhealthy })
            server.stop()
            #expect(await eventually { health(balancer, 0) == .unhealthy })
        }
    }

    @Test("an endpoint is well as its status says, and its answer must come in time")
    func http() async throws {
        let isWell = Counter()
        let changing = try HTTPBackend { _ in
            "HTTP/1.1 \(isWell.value == 0 ? "200 OK" : "500 No")\r\nContent-Length: 0\r\n\r\n"
        }
        let silent = try TestServer { while !(try $0.read().isEmpty) {} }
        let balancer = try LoadBalancer(policy: .roundRobin, endpoints: endpoints([changing.server, silent]))
        try await whileChecking(balancer, .http(path: "/health", host: "checked")) {
            #expect(
                await eventually {
                    health(balancer, 0) == .healthy && health(balancer, 1) == .unhealthy && !changing.requests.isEmpty
                }
            )
            #expect(changing.requests.first?.line == "GET /health HTTP/1.1")
            #expect(changing.requests.first?.value("Host") == "checked")
            isWell.add(1)
            #expect(await eventually { health(balancer, 0) == .unhealthy })
        }
    }

    @Test("an agent's line sets health, draining and weight")
    func agent() async throws {
        let lines = ["up 50%\n", "drain\n", "ready up 100%\n", "down#maintenance\n"]
        let step = Counter()
        let agent = try TestServer { try $0.write(lines[step.value]) }
        let endpoint = Endpoint(id: "a", address: agent.address, weight: 10)
        let balancer = try LoadBalancer(policy: .roundRobin, endpoints: [endpoint])
        try await whileChecking(balancer, .agent()) {
            #expect(await eventually { health(balancer, 0) == .healthy && balancer.endpoints[0].weight == 5 })
            step.add(1)
            #expect(await eventually { balancer.status()[0].isDraining })
            step.add(1)
            #expect(await eventually { !balancer.status()[0].isDraining && balancer.endpoints[0].weight == 10 })
            step.add(1)
            #expect(await eventually { health(balancer, 0) == .unhealthy })
        }
    }

    @Test("an endpoint that joins is checked before it gets requests, and one that leaves is forgotten")
    func membership() async throws {
        let servers = try (0..<2).map { _ in try TestServer.echo() }
        let all = endpoints(servers)
        let balancer = try LoadBalancer(policy: .roundRobin, endpoints: [all[0]])
        try await whileChecking(balancer, .tcp) {
            #expect(await eventually { health(balancer, 0) == .healthy })
            try balancer.update(all)
            #expect(await eventually { health(balancer, 1) == .healthy && servers[1].clients > 0 })
            try balancer.update([all[1]])
            #expect(await eventually { health(balancer, 0) == .healthy })
        }
    }
}
