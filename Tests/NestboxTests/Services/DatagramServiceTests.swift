// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerNetwork
import Glibc
import Testing

@testable import Nestbox

@Suite("Services behind UDP ports", .runsDatagramServers)
struct DatagramServiceTests {
    /// Replicas of nginx that answer each datagram with the name of their host.
    private func specification(_ replicas: Int) throws -> ServiceSpecification {
        var specification = try WebService.specification(replicas)
        specification.http = nil
        specification.container.ports = try PortMapping.parse("127.0.0.1::53/udp")
        return specification
    }

    /// Asks from so many ports, one after the other; who answered how often.
    private func ask(_ port: UInt16, times: Int) async throws -> [String: Int] {
        var seen: [String: Int] = [:]
        for _ in 0..<times {
            let answer = try await OwnThread.run { try DatagramClient(port: port).ask("who") }
            seen[answer, default: 0] += 1
        }
        return seen
    }

    @Test("clients are spread evenly over the replicas; one client stays with one")
    func spread() async throws {
        try await WebService.run(specification(3)) { _, replicas, port in
            #expect(replicas.publishedPorts.map(\.transport) == [.udp])
            let names = replicas.identifiers.map { String($0.prefix(12)) }
            #expect(try await ask(port, times: 12) == Dictionary(uniqueKeysWithValues: names.map { ($0, 4) }))
            let answers = try await OwnThread.run {
                let client = try DatagramClient(port: port)
                return try (0..<10).map { _ in try client.ask("who") }
            }
            #expect(Set(answers).count == 1)
            let metrics = try #require(replicas.metrics)
            #expect(metrics.contains("nestbox_service_udp_flows_total 13\n"))
            #expect(metrics.contains("nestbox_service_replicas 3\n"))
        }
    }

    @Test("the service scales, and clients of replicas that go are answered by others")
    func scale() async throws {
        try await WebService.run(specification(1)) { nestbox, replicas, port in
            let client = try DatagramClient(port: port)
            let first = try await OwnThread.run { try client.ask("who") }
            try await replicas.scale(to: 3)
            while replicas.identifiers.count < 3 { try await Task.sleep(for: .milliseconds(5)) }
            #expect(try await ask(port, times: 9).count == 3)
            #expect(try await OwnThread.run { try client.ask("who") } == first)
            let victim = try #require(replicas.identifiers.first { $0.hasPrefix(first) })
            try await nestbox.kill(victim)
            while replicas.identifiers.contains(victim) { try await Task.sleep(for: .milliseconds(5)) }
            // What was sent before the balancer knew may be lost; the client asks again, as such clients do.
            var answer: String?
            for _ in 0..<50 where answer == nil { answer = try? await OwnThread.run { try client.ask("who") } }
            #expect(answer != nil && answer != first)
            try await replicas.scale(to: 1)
            #expect(try await ask(port, times: 4).count == 1)
        }
    }

    @Test("a service without a container starts one for the first client, whose datagram waits until it is answered")
    func zero() async throws {
        var specification = try specification(0)
        specification.autoscaling = Autoscaling(minimum: 0, maximum: 2, metric: .concurrency)
        try await WebService.run(specification) { _, replicas, port in
            #expect(replicas.identifiers.isEmpty)
            let answer = try await OwnThread.run { try DatagramClient(port: port, patience: 20).ask("who") }
            #expect(replicas.identifiers.map { String($0.prefix(12)) } == [answer])
        }
    }

    @Test("a port that is taken is refused, and one of TCP with the same number is another")
    func taken() async throws {
        try await WebService.run(specification(1)) { nestbox, _, port in
            var second = try specification(1)
            second.name = "second"
            second.container.ports = try PortMapping.parse("127.0.0.1:\(port):53/udp")
            await #expect {
                _ = try await nestbox.launch(second)
            } throws: {
                ($0 as? NestboxError)?.code == .port
            }
            #expect(try nestbox.services().map(\.name) == ["web"])
        }
    }

    @Test("containers without a network are reached by their loopback")
    func isolated() async throws {
        var specification = try specification(2)
        specification.container.network.mode = .none
        try await WebService.run(specification) { _, _, port in
            var seen: Set<String> = []
            for _ in 0..<50 where seen.count < 2 { seen.formUnion(try await ask(port, times: 2).keys) }
            #expect(seen.count == 2)
        }
    }
}
