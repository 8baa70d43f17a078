// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import ContainerKit
import ContainerNetwork
import Testing

@testable import Nestbox

@Suite("A service over time", .runsContainers)
struct ServiceLifeTests {
    private func specification(_ replicas: Int) throws -> ServiceSpecification {
        var container = ContainerSpecification(image: "box", command: ["httpd", "-f", "-p", "80", "-h", "/www"])
        container.ports = try PortMapping.parse("127.0.0.1::80")
        var specification = ServiceSpecification(name: "web", replicas: replicas, container: container)
        specification.update.watchTime = 0
        specification.update.readyTime = 5
        return specification
    }

    /// Runs a service while something is done with it.
    private func withService(
        _ specification: ServiceSpecification,
        on nestbox: Nestbox,
        _ body: (ReplicaSet, UInt16) async throws -> Void
    ) async throws {
        let replicas = try await nestbox.launch(specification)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await replicas.run() }
            let port = try #require(replicas.publishedPorts.first?.hostPort)
            try await body(replicas, port)
            tasks.cancelAll()
        }
        #expect(try nestbox.containers().isEmpty)
        #expect(try nestbox.services().isEmpty)
    }

    private static func ask(_ port: UInt16, times: Int) async throws -> [String] {
        var answers: [String] = []
        for _ in 0..<times { answers.append(try await WebClient.get("/cgi-bin/who", port: port)) }
        return answers
    }

    @Test("another container takes the place of one that was killed")
    func healing() async throws {
        try await withNestbox { nestbox in
            try await withService(try specification(2), on: nestbox) { replicas, port in
                let former = Set(replicas.identifiers)
                try await nestbox.kill("web.1")
                while Set(replicas.identifiers).subtracting(former).isEmpty || replicas.identifiers.count < 2 {
                    try await Task.sleep(for: .milliseconds(10))
                }
                var seen: Set<String> = []
                while seen.count < 2 { seen.insert(try await WebClient.get("/cgi-bin/who", port: port)) }
            }
        }
    }

    @Test("an update replaces every container, and no request fails meanwhile")
    func update() async throws {
        try await withNestbox { nestbox in
            var first = try specification(2)
            first.container.environment = ["COLOUR=red"]
            try await withService(first, on: nestbox) { replicas, port in
                let former = Set(replicas.identifiers)
                var second = first
                second.container.environment = ["COLOUR=blue"]
                _ = try await WebClient.get("/cgi-bin/who", port: port)
                try await withThrowingTaskGroup(of: (answered: Int, failed: Int).self) { tasks in
                    tasks.addTask {
                        var (answered, failed) = (0, 0)
                        while !Task.isCancelled {
                            if await WebClient.isAnswered("/cgi-bin/who", port: port) {
                                answered += 1
                            } else {
                                failed += 1
                            }
                        }
                        return (answered, failed)
                    }
                    try await replicas.update(to: second)
                    tasks.cancelAll()
                    for try await result in tasks {
                        #expect(result.answered > 0)
                        #expect(result.failed == 0)
                    }
                }
                #expect(former.isDisjoint(with: replicas.identifiers))
                #expect(replicas.identifiers.count == 2)
                for identifier in replicas.identifiers {
                    #expect(try nestbox.container(identifier).specification.environment == ["COLOUR=blue"])
                }
            }
        }
    }

    @Test(
        "an update whose containers do not answer, or end, is taken back",
        arguments: [["sleep", "1000"], ["false"], ["nosuch"]]
    )
    func rollback(command: [String]) async throws {
        try await withNestbox { nestbox in
            let first = try specification(2)
            try await withService(first, on: nestbox) { replicas, port in
                var second = first
                second.container.command = command
                second.update.readyTime = 1
                second.update.watchTime = 1
                await #expect(throws: NestboxError.self) { try await replicas.update(to: second) }
                #expect(replicas.specification == first)
                #expect(replicas.identifiers.count == 2)
                var seen: Set<String> = []
                while seen.count < 2 { seen.insert(try await WebClient.get("/cgi-bin/who", port: port)) }
            }
        }
    }

    @Test("a service without a container starts one for the first client, who waits, and ends it when nobody asks")
    func zero() async throws {
        try await withNestbox { nestbox in
            var specification = try specification(0)
            specification.autoscaling = Autoscaling(minimum: 0, maximum: 3, metric: .concurrency, scaleInDelay: 1)
            try await withService(specification, on: nestbox) { replicas, port in
                #expect(replicas.identifiers.isEmpty)
                let answer = try await WebClient.get("/cgi-bin/who", port: port)
                #expect(replicas.identifiers.map { String($0.prefix(12)) } == [answer])
                while !replicas.identifiers.isEmpty { try await Task.sleep(for: .milliseconds(20)) }
                let again = try await WebClient.get("/cgi-bin/who", port: port)
                #expect(again != answer)
            }
        }
    }

    @Test("the number of containers follows what they report, within its bounds")
    func autoscaling() async throws {
        try await withNestbox { nestbox in
            var specification = try specification(1)
            specification.autoscaling = Autoscaling(
                minimum: 1,
                maximum: 3,
                metric: .reported,
                target: 10,
                scaleInDelay: 0
            )
            try await withService(specification, on: nestbox) { replicas, _ in
                while replicas.identifiers.count < 3 {
                    for identifier in replicas.identifiers { replicas.report(1000, of: identifier) }
                    try await Task.sleep(for: .milliseconds(20))
                }
                while replicas.identifiers.count > 1 {
                    for identifier in replicas.identifiers { replicas.report(0, of: identifier) }
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
        }
    }

    @Test("a replica gets no client before its health check has succeeded, in place of a dead one neither")
    func health() async throws {
        try await withNestbox { nestbox in
            var specification = try specification(1)
            var check = HealthCheck(["test", "-e", "/tmp/ready"])
            check.interval = 50_000_000
            check.startInterval = 50_000_000
            check.startPeriod = 60_000_000_000
            specification.container.health = check
            try await withService(specification, on: nestbox) { replicas, port in
                for round in 0..<2 {
                    // It takes connections, and is not ready for longer than anybody waits for an answer.
                    var container = try nestbox.container("web.1")
                    while container.state.health?.probes.isEmpty ?? true
                        || Moment.now().nanoseconds - container.createdAt.nanoseconds < 3_000_000_000
                    {
                        try await Task.sleep(for: .milliseconds(20))
                        container = try nestbox.container("web.1")
                    }
                    #expect(replicas.live.count == 1)
                    #expect(replicas.identifiers.isEmpty)
                    #expect(replicas.ports[0].inFlight(container.identifier) == 0)
                    async let answer = WebClient.get("/cgi-bin/who", port: port)
                    let process = try await nestbox.execute(ExecutionOptions(["touch", "/tmp/ready"]), in: "web.1")
                    _ = try await process.wait()
                    #expect(try await answer == container.identifier.prefix(12))
                    #expect(replicas.identifiers == [container.identifier])
                    if round == 1 { return }
                    try await nestbox.kill("web.1")
                    while try replicas.live.isEmpty || nestbox.containers().map(\.identifier) == [container.identifier]
                    {
                        try await Task.sleep(for: .milliseconds(10))
                    }
                }
            }
        }
    }

    @Test("the policy of whole connections changes while clients come and go, and no replica is replaced for it")
    func policy() async throws {
        try await withNestbox { nestbox in
            try await withService(try specification(2), on: nestbox) { replicas, port in
                let former = replicas.identifiers
                for policy in BalancingPolicy.all where !policy.needsHTTP {
                    async let answers = Self.ask(port, times: 10)
                    var next = replicas.specification
                    next.policy = policy
                    try await replicas.update(to: next)
                    #expect(try await answers.allSatisfy { name in former.contains { $0.hasPrefix(name) } })
                    #expect(replicas.specification.policy == policy)
                }
                #expect(replicas.identifiers == former)
                var next = replicas.specification
                next.policy = .maglev
                await #expect(throws: NestboxError.self) { try await replicas.update(to: next) }
            }
        }
    }

    @Test("what a service can't be is refused")
    func refused() async throws {
        try await withNestbox { nestbox in
            var specification = try specification(0)
            await #expect(throws: NestboxError.self) { try await nestbox.launch(specification) }
            specification.replicas = 1
            specification.autoscaling = Autoscaling(minimum: 3, maximum: 2)
            await #expect(throws: NestboxError.self) { try await nestbox.launch(specification) }
            specification.autoscaling = nil
            specification.container.network.mode = .host
            await #expect(throws: NestboxError.self) { try await nestbox.launch(specification) }
        }
    }
}

@Suite("Scaling as a decision")
struct AutoscaleDecisionTests {
    private func load(_ clients: Int, cpu: Double? = nil) -> AutoscaleDecision.Load {
        AutoscaleDecision.Load(cpu: cpu, clients: clients)
    }

    @Test("more are wanted at once when all are busy, and fewer only after a while")
    func cpu() throws {
        let options = Autoscaling(minimum: 1, maximum: 10, metric: .cpu, target: 0.5, scaleInDelay: 30)
        var decision = try AutoscaleDecision(options)
        let start = Timestamp(nanoseconds: 1_000_000_000_000)
        let busy = [load(5, cpu: 1), load(5, cpu: 1)]
        #expect(decision.decide(busy, waiting: 0, at: start) == 4)
        let idle = [AutoscaleDecision.Load](repeating: load(1, cpu: 0.05), count: 4)
        #expect(decision.decide(idle, waiting: 0, at: start + .seconds(1)) == 4)
        #expect(decision.decide(idle, waiting: 0, at: start + .seconds(40)) < 4)
    }

    @Test("nobody is wanted once nobody has asked for a while, and one as soon as someone waits")
    func zero() throws {
        let options = Autoscaling(minimum: 0, maximum: 4, metric: .concurrency, scaleInDelay: 10)
        var decision = try AutoscaleDecision(options)
        let start = Timestamp(nanoseconds: 1_000_000_000_000)
        #expect(decision.decide([], waiting: 0, at: start) == 0)
        #expect(decision.decide([], waiting: 3, at: start) == 1)
        #expect(decision.decide([load(0)], waiting: 0, at: start + .seconds(1)) == 1)
        #expect(decision.decide([load(1)], waiting: 0, at: start + .seconds(8)) == 1)
        #expect(decision.decide([load(0)], waiting: 0, at: start + .seconds(9)) == 1)
        #expect(decision.decide([load(0)], waiting: 0, at: start + .seconds(20)) == 0)
    }
}
