// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import ContainerNetwork
import Glibc
import Testing

@testable import Nestbox

@Suite("The long run of a service")
struct ServiceSoakTests {
    @Test(
        "replicas grow, shrink and are killed under load, beside 500 containers: nothing fails, stays or grows",
        .runsWebServers,
        .enabled(if: getenv("NESTBOX_SOAK") != nil, "takes ten minutes; NESTBOX_SOAK=1 runs it, as make soak does")
    )
    func soak() async throws {
        let seconds = getenv("NESTBOX_SOAK_SECONDS").flatMap { Int(String(cString: $0)) } ?? 600
        let containers = getenv("NESTBOX_SOAK_CONTAINERS").flatMap { Int(String(cString: $0)) } ?? 500
        let before = try HostState()
        let ledger = SoakLedger()
        var specification = try WebService.specification(1)
        specification.policy = .leastRequests
        try await WebService.run(specification) { nestbox, replicas, port in
            let end = ContinuousClock.now + .seconds(seconds)
            let result = try await WebLoad.around(port) { load in
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    tasks.addTask { try await Self.churn(nestbox, count: containers, until: end, ledger) }
                    tasks.addTask { try await Self.scale(replicas, until: end, ledger) }
                    tasks.addTask { try await Self.kill(replicas, on: nestbox, until: end, ledger) }
                    tasks.addTask { try await Self.watch(replicas, load, until: end, ledger) }
                    try await tasks.waitForAll()
                }
            }
            print("soak: \(result.count) requests, \(result.failures.count) failed; \(ledger.summary)")
            #expect(result.failures == [])
        }
        #expect(ledger.count(.container) == containers)
        #expect(ledger.count(.kill) > seconds / 10)
        #expect(ledger.isMemoryFlat, "\(ledger.memory)")
        #expect(try await HostState().leftovers(since: before, of: ledger.identifiers) == [])
    }

    /// Starts and ends containers of all kinds, spread over the time.
    private static func churn(
        _ nestbox: Nestbox,
        count: Int,
        until end: ContinuousClock.Instant,
        _ ledger: SoakLedger
    ) async throws {
        let pause = ContinuousClock.now.duration(to: end) / count
        let start = ContinuousClock.now
        for number in 0..<count {
            var specification = ContainerSpecification(image: "box", command: ["sleep", "1000"])
            specification.name = "soak-\(number)"
            if number.isMultiple(of: 3) { specification.ports = try PortMapping.parse("127.0.0.1::80") }
            if number.isMultiple(of: 4) {
                specification.volumes = [
                    VolumeAttachment(number.isMultiple(of: 8) ? .anonymous : .named("soak"), at: "/v")
                ]
            }
            if number.isMultiple(of: 5) { specification.network.mode = .none }
            if number.isMultiple(of: 2) {
                specification.command = ["sh", "-c", "echo hello; head -c 100000 /dev/zero"]
            }
            specification.runsInit = true
            let container = try await nestbox.launch(specification)
            ledger.note(container.identifier)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await container.run() }
                switch number % 6 {
                case 1: try await nestbox.stop(container.identifier)
                case 3: try await nestbox.kill(container.identifier)
                case 5: tasks.cancelAll()
                default: break
                }
                try await tasks.waitForAll()
            }
            try await nestbox.remove(container.identifier, removesVolumes: true)
            ledger.note(.container)
            let next = start + pause * (number + 1)
            if ContinuousClock.now < next { try await Task.sleep(until: next) }
        }
    }

    /// One replica, two and so on to ten, and back.
    private static func scale(
        _ replicas: ReplicaSet,
        until end: ContinuousClock.Instant,
        _ ledger: SoakLedger
    ) async throws {
        while ContinuousClock.now < end {
            for count in Array(2...10) + Array((1...9).reversed()) where ContinuousClock.now < end {
                try await replicas.scale(to: count)
                ledger.note(.scaling)
                try await Task.sleep(for: .milliseconds(700))
            }
        }
    }

    /// Kills a random replica past the engine, again and again.
    private static func kill(
        _ replicas: ReplicaSet,
        on nestbox: Nestbox,
        until end: ContinuousClock.Instant,
        _ ledger: SoakLedger
    ) async throws {
        while ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(Int.random(in: 500...2500)))
            guard let victim = replicas.identifiers.randomElement(),
                let process = try? nestbox.container(victim).state.process
            else { continue }
            ledger.note(victim)
            if try ProcessHandle(process)?.send(.kill) == true { ledger.note(.kill) }
        }
    }

    /// Notes how much memory there is, and prints how it goes.
    private static func watch(
        _ replicas: ReplicaSet,
        _ load: WebLoad,
        until end: ContinuousClock.Instant,
        _ ledger: SoakLedger
    ) async throws {
        let start = ContinuousClock.now
        while ContinuousClock.now < end {
            let footprint = try Footprint()
            ledger.note(footprint)
            let seconds = start.duration(to: .now).components.seconds
            print(
                "soak: \(seconds) s, \(footprint.text), \(replicas.identifiers.count) replicas,",
                "\(load.progress) requests, \(ledger.summary)"
            )
            try await Task.sleep(for: .seconds(10))
        }
    }
}
