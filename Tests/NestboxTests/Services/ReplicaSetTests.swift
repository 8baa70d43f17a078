// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerNetwork
import Glibc
import Testing

@testable import Nestbox

@Suite("Replica sets", .runsContainers)
struct ReplicaSetTests {
    private func specification(_ replicas: Int) throws -> ServiceSpecification {
        var container = ContainerSpecification(image: "box", command: ["httpd", "-f", "-p", "80", "-h", "/www"])
        container.ports = try PortMapping.parse("127.0.0.1::80")
        var specification = ServiceSpecification(name: "web", replicas: replicas, container: container)
        specification.replacesDead = false
        return specification
    }

    /// Where requests went, once every replica of those that should answer has.
    private func spread(_ port: UInt16, over replicas: Int) async throws -> [String: Int] {
        var warm: Set<String> = []
        while warm.count < replicas { warm.insert(try await WebClient.get("/cgi-bin/who", port: port)) }
        var counts: [String: Int] = [:]
        for _ in 0..<(10 * replicas) { counts[try await WebClient.get("/cgi-bin/who", port: port), default: 0] += 1 }
        return counts
    }

    @Test("clients are spread evenly over the replicas, and a replica that dies gets no more of them")
    func spread() async throws {
        try await withNestbox { nestbox in
            let replicas = try await nestbox.launch(try specification(3))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await replicas.run() }
                let port = try #require(replicas.publishedPorts.first?.hostPort)
                let names = replicas.identifiers.map { String($0.prefix(12)) }
                let all = try await spread(port, over: 3)
                #expect(Set(all.keys) == Set(names))
                // Each of the proxy's threads goes round by itself, so that a replica may be one ahead on each.
                #expect(all.values.allSatisfy { (8...12).contains($0) })

                try await nestbox.kill("web.2")
                let rest = try await spread(port, over: 2)
                #expect(Set(rest.keys) == [names[0], names[2]])
                tasks.cancelAll()
            }
            #expect(try nestbox.containers().isEmpty)
            #expect(try nestbox.services().isEmpty)
        }
    }

    @Test("a service that can't start leaves no container, port or record")
    func refused() async throws {
        try await withNestbox { nestbox in
            var specification = try specification(3)
            // The third replica's name is taken.
            let other = try await nestbox.launch(
                ContainerSpecification(image: "box", name: "web.3", command: ["sleep", "100"])
            )
            async let served: Void = other.run()
            specification.container.command = ["sleep", "100"]
            await #expect {
                _ = try await nestbox.launch(specification)
            } throws: {
                ($0 as? NestboxError)?.code == .nameInUse
            }
            #expect(try nestbox.containers().map(\.name) == ["web.3"])
            #expect(try nestbox.services().isEmpty)
            try await nestbox.kill("web.3")
            try await served
        }
    }

    @Test("a service's name is its own, and its number of replicas is sensible")
    func validation() async throws {
        try await withNestbox { nestbox in
            let replicas = try await nestbox.launch(try specification(1))
            await #expect {
                _ = try await nestbox.launch(try specification(1))
            } throws: {
                ($0 as? NestboxError)?.code == .nameInUse
            }
            await #expect(throws: NestboxError.self) { _ = try await nestbox.launch(try specification(0)) }
            await withTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try? await replicas.run() }
                tasks.cancelAll()
            }
            #expect(try nestbox.containers().isEmpty)
        }
    }

    @Test("a service grows and shrinks, replaces what has died, and leaves nothing when it is removed")
    func scale() async throws {
        try await withNestbox { nestbox in
            let replicas = try await nestbox.launch(try specification(1))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await replicas.run() }
                try await replicas.scale(to: 3)
                #expect(try nestbox.containers().map(\.name).sorted() == ["web.1", "web.2", "web.3"])
                let port = try #require(replicas.publishedPorts.first?.hostPort)
                #expect(try await spread(port, over: 3).count == 3)

                try await nestbox.kill("web.2")
                while replicas.identifiers.count == 3 { try await Task.sleep(for: .milliseconds(1)) }
                try await replicas.scale(to: 3)
                #expect(try await spread(port, over: 3).count == 3)

                let first = replicas.identifiers[0]
                try await replicas.scale(to: 1)
                #expect(replicas.identifiers == [first])
                #expect(try await spread(port, over: 1).keys.first == String(first.prefix(12)))
                await #expect(throws: NestboxError.self) { try await replicas.scale(to: 0) }
                tasks.cancelAll()
            }
            #expect(try nestbox.containers().isEmpty)
            await #expect {
                try await replicas.scale(to: 2)
            } throws: {
                ($0 as? NestboxError)?.code == .notRunning
            }
        }
    }

    @Test("every policy that needs no HTTP serves", arguments: BalancingPolicy.all.filter { !$0.needsHTTP })
    func policies(_ policy: BalancingPolicy) async throws {
        try await withNestbox { nestbox in
            var specification = try specification(2)
            specification.policy = policy
            let replicas = try await nestbox.launch(specification)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await replicas.run() }
                let port = try #require(replicas.publishedPorts.first?.hostPort)
                let answer = try await WebClient.get("/cgi-bin/who", port: port)
                #expect(replicas.identifiers.map { String($0.prefix(12)) }.contains(answer))
                tasks.cancelAll()
            }
        }
    }

    @Test("a container's load is the share of the processors that it may use")
    func load() {
        var meter = LoadMeter(allowance: 2)
        let start = ContinuousClock.now
        #expect(meter.utilisation(used: .seconds(5), at: start) == nil)
        #expect(meter.utilisation(used: .seconds(6), at: start + .seconds(1)) == 0.5)
        #expect(meter.utilisation(used: .seconds(6), at: start + .seconds(2)) == 0)
        #expect(meter.utilisation(used: .seconds(7), at: start + .seconds(2)) == nil)
    }
}
