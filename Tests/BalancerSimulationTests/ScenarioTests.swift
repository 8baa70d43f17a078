// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@testable import BalancerSimulation

@Suite("Scenarios")
struct ScenarioTests {
    private struct NoFile: Error {}

    private func read(_ text: String) throws -> Scenario {
        try Scenario(parsing: text) { name in
            switch name {
            case "latencies.txt": return "5\n5\n20\n"
            case "trace.txt": return "0\n0.5\n1\n4\n"
            default: throw NoFile()
            }
        }
    }

    @Test("a scenario with every setting is read as it stands")
    func everything() throws {
        let scenario = try read(
            """
            # A shop
            name: checkout, evening
            clients: 2
            replicas: 6 cores=2
            replicas: 2 cores=4 speed=0.5 neighbours=heavy machine=32   # old machines
            arrivals: bursts of=5 load=80%
            steps: 0s=1 60s=2.5 2min=0.5
            work: bimodal short=5ms long=0.5s share=5%
            reports: every=2s delay=300ms
            network: 150us
            timeout: 3s
            fault: freeze replica=3 at=30s until=40s noticed=5s
            fault: die replica=1 at=1min
            fault: join at=70s slowdown=4 for=10s
            autoscaling: cpu target=70% min=4 max=20 every=15s start=3s
            outliers: on
            limit: 100
            warm-up: 20s
            measure: 100s
            policies: round-robin, newest-first(least-requests)
            seeds: 4, 5
            """
        )
        let workload = scenario.workload
        #expect(workload.name == "checkout, evening")
        #expect(workload.clients == 2)
        #expect(workload.servers.map(\.cores) == [2, 2, 2, 2, 2, 2, 4, 4])
        #expect(workload.servers.last?.antagonist?.machineCores == 32)
        // 80 % of 12 + 2 · 4 · 0.5 cores, at 29.75 ms.
        #expect(abs(workload.arrivalRate - 0.8 * 16 / 0.02975) < 1e-9)
        #expect([0.0, 59, 60, 119, 121].map { workload.profile?($0) } == [1, 1, 2.5, 2.5, 0.5])
        #expect(workload.reportInterval == .seconds(2) && workload.reportDelay == .milliseconds(300))
        #expect(workload.networkDelay == .microseconds(150) && workload.timeout == .seconds(3))
        #expect(workload.faults.map(\.start) == [.seconds(30), .seconds(60), .seconds(70)])
        #expect(workload.faults[0].noticedAfter == .seconds(5))
        #expect(workload.autoscaling?.startDelay == .seconds(3))
        #expect(workload.warmUp == .seconds(20) && workload.duration == .seconds(100))
        #expect(scenario.configuration.outlierDetection != nil)
        #expect(scenario.configuration.maxInFlightPerEndpoint == 100)
        #expect(scenario.policies.map(\.name) == ["round-robin", "newest-first(least-requests)"])
        #expect(scenario.seeds == [4, 5])
    }

    @Test("recorded latencies and arrivals come from files beside it")
    func files() throws {
        let scenario = try read("replicas: 2\narrivals: recorded file=trace.txt\nwork: recorded file=latencies.txt")
        #expect(abs(scenario.workload.work.mean - 0.01) < 1e-12)
        #expect(scenario.workload.arrivalRate == 0.75)
        #expect(scenario.policies.count == NamedPolicy.usual.count && scenario.seeds == [1, 2, 3])
        #expect(throws: NoFile.self) {
            try read("replicas: 2\narrivals: even rate=1\nwork: recorded file=absent")
        }
    }

    @Test("a scenario that was read runs")
    func runs() async throws {
        let scenario = try read(
            """
            replicas: 4 cores=2
            arrivals: even load=0.6
            work: exponential mean=20ms
            fault: fail-fast replica=2 at=2s until=4s
            outliers: on
            warm-up: 1s
            measure: 5s
            policies: least-requests
            seeds: 1
            """
        )
        let rows = try await scenario.comparison.run()
        #expect(rows[0].median.requests > 1_000)
        #expect(rows[0].median.errorShare < 0.1)
    }

    @Test(
        "what can't be read is said with line, setting, value and reason",
        arguments: [
            ("replicas 2", "line 1: 'replicas 2' has no colon"),
            ("replicas:", "line 1: replicas: the value is missing"),
            ("colour: red", "line 1: there is no 'colour'; there are name"),
            ("\n\nclients: 0", "line 3: clients: '0' must be a whole number from 1"),
            ("replicas: two", "line 1: replicas: 'two' must be a whole number"),
            ("replicas: 2 cores=0", "line 1: replicas: cores is '0': it must be a number above 0"),
            ("replicas: 2 core=2", "there is no setting 'core'; there are cores, speed"),
            ("replicas: 2 cores=2 cores=3", "cores is given twice"),
            ("replicas: 2 neighbours=loud", "neighbours is 'loud': it must be light or heavy"),
            ("work: cubic", "'cubic' should be one of constant, exponential"),
            ("work: exponential", "mean=… is missing"),
            ("work: exponential mean=20", "mean is '20': it must be a time with a unit"),
            ("work: exponential mean=0s", "leave nothing to simulate"),
            ("work: bimodal short=1ms long=2ms share=120%", "share is '120%': it must be a share between 0 and 1"),
            ("work: pareto least=2s most=1s", "from 2.0 to 1.0 seconds"),
            ("arrivals: poisson", "it needs rate=… (requests per second) or load=…"),
            ("arrivals: poisson rate=5 load=0.5", "one says it"),
            ("arrivals: poisson rate=fast", "rate is 'fast': it must be a number above 0"),
            ("arrivals: poisson load=0", "load is 0"),
            ("arrivals: bursts of=0 rate=1", "of is '0'"),
            ("fault: explode at=1s", "'explode' should be one of join, leave, slow"),
            ("fault: die at=1s", "replica=… is missing"),
            ("fault: die replica=1 at=9s until=3s", "which is before at="),
            ("autoscaling: cpu min=5 max=2", "min is 5, which is more than max=2"),
            ("steps: 0s=1 0s=2", "given twice"),
            ("steps: 5s=1 2s=2", "does not come after"),
            ("steps: 5s=-1", "must be a number between 0 and 1000"),
            ("clients: 2\nclients: 3", "line 2: clients: it is given twice"),
            ("policies: fastest", "line 1: policies: there is no policy 'fastest'"),
            ("seeds: 1 x", "'x' must be a whole number"),
            ("timeout: soon", "'soon' must be a time with a unit"),
            ("outliers: maybe", "'maybe' should be one of on, off"),
            ("", "the scenario has no line 'replicas: …'"),
            ("replicas: 1\narrivals: even rate=1", "has no line 'work: …'"),
            (
                "replicas: 1\narrivals: even rate=1\nwork: constant mean=1ms\nfault: die replica=4 at=1s",
                "replica of a fault is 4"
            ),
        ]
    )
    func refused(text: String, message: String) {
        #expect {
            try read(text)
        } throws: { error in
            (error as? BalancerError)?.message.contains(message) == true
        }
    }

    @Test("no text brings the reader down: random lines are read or refused")
    func robust() {
        let words = [
            "replicas:", "work:", "arrivals:", "fault:", "steps:", "=", "a=", "=5s", "5s=1", "at=1s", "bimodal",
            "1e400",
            "-1", "99999999999999999999", "nan", "\t", "#", "\n", "load=80%", "mean=1h", "é", "die", "seeds:", ":",
            "even",
        ]
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<3_000 {
            let count = generator.index(below: 12)
            let text = (0..<count).map { _ in words[generator.index(below: words.count)] }.joined(separator: " ")
            _ = try? read(text)
        }
    }
}
