// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import BalancerSimulation
import Testing

/// What the literature found about policies, reproduced on fixed seeds; shorter than in the docs, which show the same.
@Suite("Relations between policies")
struct RelationTests {
    private func run(
        _ workload: Workload,
        _ policy: any Policy,
        seconds: Int = 25,
        seed: UInt64 = 1,
        _ configuration: BalancerConfiguration = BalancerConfiguration()
    ) throws -> SimulationResult {
        var workload = workload
        workload.warmUp = min(workload.warmUp, .seconds(15))
        workload.duration = .seconds(seconds)
        return try Simulation(workload: workload, policy: policy, configuration: configuration, seed: seed).run()
    }

    @Test("one seed gives one result to the last bit")
    func deterministic() throws {
        let first = try run(.bimodal(load: 0.7), .leastRequests, seconds: 5)
        let second = try run(.bimodal(load: 0.7), .leastRequests, seconds: 5)
        let other = try run(.bimodal(load: 0.7), .leastRequests, seconds: 5, seed: 2)
        #expect(first.latency == second.latency && first.timeline == second.timeline)
        #expect(first.latency != other.latency)
    }

    @Test("a single processor-sharing replica has the mean response time of theory: work / (1 − load)")
    func theory() throws {
        var workload = Workload(
            name: "M/M/1-PS",
            servers: [ServerSpecification(cores: 1)],
            load: 0.5,
            work: .exponential(mean: 0.01)
        )
        workload.networkDelay = .zero
        let result = try run(workload, .roundRobin, seconds: 400)
        #expect(abs(result.latency.mean - 20) < 1)
        #expect(abs(result.utilisation.mean - 0.5) < 0.02)
    }

    @Test(
        "round robin ignores the size of requests: at 70 % its p99 is twice that of least requests",
        arguments: [1, 2, 3]
    )
    func roundRobin(seed: UInt64) throws {
        let blind = try run(.bimodal(load: 0.7), .roundRobin, seconds: 60, seed: seed)
        let seeing = try run(.bimodal(load: 0.7), .leastRequests(.all), seconds: 60, seed: seed)
        #expect(blind.latency.p99 > 1.6 * seeing.latency.p99)
        #expect(seeing.errorShare == 0)
    }

    @Test("a bare CPU report a second old is far worse than round robin", arguments: [1, 2, 3])
    func herding(seed: UInt64) throws {
        let herd = try run(.bimodal(load: 0.7), .lowestReported, seed: seed)
        let blind = try run(.bimodal(load: 0.7), .roundRobin, seed: seed)
        #expect(herd.latency.p90 > 5 * blind.latency.p90)
        #expect(herd.inFlight.p99 > 3 * blind.inFlight.p99)
    }

    @Test("the same report, corrected by one's own requests, is as good as the best", arguments: [1, 2, 3])
    func corrected(seed: UInt64) throws {
        let corrected = try run(.bimodal(load: 0.7), .leastUtilised, seconds: 60, seed: seed)
        let best = try run(.bimodal(load: 0.7), .leastRequests(.all), seconds: 60, seed: seed)
        #expect(corrected.latency.p99 < 1.15 * best.latency.p99)
    }

    @Test("two choices come near a full scan, one random choice does not")
    func twoChoices() throws {
        let all = try run(.bimodal(load: 0.9), .leastRequests(.all), seconds: 60)
        let two = try run(.bimodal(load: 0.9), .leastRequests, seconds: 60)
        let one = try run(.bimodal(load: 0.9), .random, seconds: 60)
        #expect(two.latency.p99 < 1.7 * all.latency.p99)
        #expect(one.latency.p99 > 2 * two.latency.p99)
    }

    @Test("Prequal with one client and eight replicas at 90 % is no worse than two choices", arguments: [1, 2])
    func prequalAlone(seed: UInt64) throws {
        let probing = try run(.bimodal(load: 0.9), .prequal, seconds: 60, seed: seed)
        let choices = try run(.bimodal(load: 0.9), .leastRequests, seconds: 60, seed: seed)
        #expect(probing.errorShare == 0)
        #expect(probing.latency.p99 < 1.3 * choices.latency.p99)
    }

    @Test("half-speed replicas drown under round robin and not under least requests")
    func halfSpeed() throws {
        let blind = try run(.halfSpeed(), .roundRobin, seconds: 40)
        let seeing = try run(.halfSpeed(), .leastRequests(.all), seconds: 40)
        #expect(blind.errorShare > 0.005)
        #expect(seeing.errorShare == 0)
    }

    @Test("a bare report floods the newcomer between two reports; bounded by requests in flight it is safe")
    func flood() throws {
        let flooded = try run(.scaleOut(cold: false), .lowestReported)
        #expect((flooded.newcomer?.mostInFlight ?? 0) > 100)
        for policy in [LowestReported(), RoundRobin(), LeastRequests(choices: .all)] as [any Policy] {
            let bounded = try run(.scaleOut(cold: false), NewestFirst(policy))
            let most = bounded.newcomer?.mostInFlight ?? .max
            // Under a bare report the others are flooded themselves, and the newcomer's share is large with them.
            #expect(most < (policy is LowestReported ? 200 : 40))
        }
        let bounded = try run(.scaleOut(cold: false), NewestFirst(.leastRequests(.all)))
        #expect((bounded.newcomer?.p99 ?? .infinity) < 300)
    }

    @Test(
        "where replicas have less than one request each, a newcomer gets its share of the load too",
        arguments: [1, 2, 3]
    )
    func idleNewcomer(seed: UInt64) throws {
        var workload = Workload.scaleOut(cold: false, load: 0.2)
        workload.reportInterval = .milliseconds(100)
        let result = try run(workload, NewestFirst(.leastUtilised), seed: seed)
        // Sampled ten times a second from its start on; level would be a fifth of the 1.6 in flight.
        let inFlight = try #require(result.newcomer?.inFlight.prefix(100))
        let mean = Double(inFlight.reduce(0, +)) / Double(inFlight.count)
        #expect(mean > 0.2 && mean < 0.7)
    }

    @Test("containers held to quotas are loaded evenly, though the fullest seem to work least", arguments: [1, 2, 3])
    func quotas(seed: UInt64) throws {
        let turns = try run(.quotas(load: 0.9), .roundRobin, seed: seed)
        let seeing = try run(.quotas(load: 0.9), .leastUtilised, seed: seed)
        #expect(seeing.latency.p99 < turns.latency.p99)
        let answered = seeing.answered.map(Double.init)
        #expect((answered.max() ?? 0) < 1.2 * (answered.min() ?? 0))
    }

    @Test("containers whose quotas differ get requests as they can bear them", arguments: [1, 2, 3])
    func unequalQuotas(seed: UInt64) throws {
        var workload = Workload.quotas(load: 0.7)
        for index in 0..<3 { workload.servers[index].cores = 0.6 }
        workload.arrivalRate *= 1.5
        let counting = try run(workload, .leastRequests(.all), seed: seed)
        let seeing = try run(workload, .leastUtilised, seed: seed)
        #expect(seeing.latency.p99 < counting.latency.p99)
        #expect(Double(seeing.answered[0]) > 1.5 * Double(seeing.answered[5]))
    }

    @Test("a container that joins others held to quotas is filled first, and then level", arguments: [1, 2, 3])
    func quotaNewcomer(seed: UInt64) throws {
        var workload = Workload.quotas(load: 0.6)
        workload.servers.removeLast(4)
        workload.arrivalRate /= 3
        workload.faults = [.join(at: .seconds(20))]
        func answered(_ seconds: Int) throws -> [Int] {
            try run(workload, NewestFirst(.leastUtilised), seconds: seconds - 15, seed: seed).answered
        }
        let (before, soon, late, end) = (try answered(20), try answered(22), try answered(30), try answered(40))
        func share(_ from: [Int], _ to: [Int]) -> Double {
            let gained = to.indices.map { to[$0] - ($0 < from.count ? from[$0] : 0) }
            return Double(gained.last ?? 0) * Double(gained.count) / Double(gained.reduce(0, +))
        }
        #expect(share(before, soon) > 1.6)
        #expect(abs(share(late, end) - 1) < 0.15)
    }

    @Test("a replica that joined a moment after the first, at the very start, is not made up for what it did not miss")
    func momentApart() throws {
        var workload = Workload.quotas(load: 0.6)
        workload.servers.removeLast(5)
        workload.arrivalRate /= 6
        workload.warmUp = .milliseconds(200)
        workload.faults = [.join(at: .milliseconds(100))]
        let answered = try run(workload, NewestFirst(.leastUtilised), seconds: 6).answered
        #expect(Double(answered[1]) < 1.3 * Double(answered[0]))
    }

    @Test("a cold newcomer drowns in its turns of a plain round robin; with a ramp it is safe even under that")
    func cold() throws {
        let blind = try run(.scaleOut(cold: true), .roundRobin)
        #expect((blind.newcomer?.mostInFlight ?? 0) > 100)
        for policy in [RoundRobin(), LeastRequests(choices: .all)] as [any Policy] {
            let ramped = try run(.scaleOut(cold: true), NewestFirst(policy, ramp: .seconds(10)))
            #expect((ramped.newcomer?.mostInFlight ?? .max) < 40)
            #expect(ramped.errorShare == 0)
        }
    }

    @Test("a replica that refuses at once draws requests, unless failures count or outliers are ejected")
    func sinkhole() throws {
        var workload = Workload.bimodal(load: 0.5)
        workload.faults = [.failFast(server: 3, at: .seconds(5))]
        let drawn = try run(workload, LeastRequests(choices: .all, avoidsFailures: false), seconds: 15)
        let guarded = try run(workload, LeastRequests(choices: .all), seconds: 15)
        var configuration = BalancerConfiguration()
        configuration.outlierDetection = OutlierDetection()
        let ejecting = try run(
            workload,
            LeastRequests(choices: .all, avoidsFailures: false),
            seconds: 15,
            configuration
        )
        #expect(drawn.errorShare > 0.3)
        #expect(guarded.errorShare < 0.1)
        #expect(ejecting.errorShare < 0.02)
    }

    @Test("an autoscaler with a target near capacity uses fewer replicas, at the price of latency")
    func autoscaling() throws {
        func run(_ target: Double) throws -> SimulationResult {
            var workload = Workload(
                name: "growth",
                servers: [ServerSpecification](repeating: ServerSpecification(cores: 2), count: 4),
                load: 0.5,
                work: .exponential(mean: 0.02)
            )
            workload.profile = { seconds in 1 + min(2, seconds / 60) }
            var configuration = HorizontalScaler.Configuration(minimum: 2, maximum: 30)
            configuration.scaleIn.stabilisation = .seconds(60)
            workload.autoscaling = Autoscaling(configuration: configuration, targetUtilisation: target)
            return try self.run(workload, .leastRequests(.all), seconds: 150)
        }
        let roomy = try run(0.5)
        let tight = try run(0.9)
        #expect(roomy.replicaSeconds > tight.replicaSeconds)
        #expect(roomy.latency.p99 < tight.latency.p99)
        #expect(roomy.errorShare == 0)
        #expect(roomy.timeline.last?.replicas ?? 0 >= 10)
    }

    @Test("a dead replica costs what is on it and what a health check does not notice in time; after that nothing")
    func death() throws {
        var workload = Workload.bimodal(load: 0.5)
        workload.faults = [.die(server: 2, at: .seconds(20), until: .seconds(30), noticedAfter: .seconds(1))]
        let result = try run(workload, .roundRobin, seconds: 25)
        let errors = result.timeline.filter { $0.errors > 0 }.map(\.second)
        #expect(errors.contains(21))
        #expect(errors.allSatisfy { $0 >= 21 && $0 <= 22 })
        #expect(result.errorShare > 0.001 && result.errorShare < 0.02)
    }

    @Test("a frozen replica swallows its turns until it thaws; least requests passes it by")
    func freeze() throws {
        var workload = Workload.bimodal(load: 0.5)
        workload.faults = [.freeze(server: 2, at: .seconds(17), until: .seconds(25))]
        let blind = try run(workload, .roundRobin, seconds: 25)
        let seeing = try run(workload, .leastRequests(.all), seconds: 25)
        #expect(blind.errorShare > 0.005)
        #expect(seeing.errorShare < blind.errorShare / 10)
    }

    @Test("older reports herd more, whether they come seldom or late")
    func reportDelay() throws {
        var late = Workload.bimodal(load: 0.7)
        late.reportInterval = .milliseconds(100)
        let prompt = try run(late, .lowestReported)
        late.reportDelay = .seconds(1)
        let delayed = try run(late, .lowestReported)
        #expect(delayed.latency.p90 > 1.5 * prompt.latency.p90)
    }

    @Test("requests in even steps wait less than random ones, and bursts more")
    func arrivals() throws {
        var workload = Workload.bimodal(load: 0.7)
        workload.work = .exponential(mean: 0.02)
        workload.arrivalRate = 0.7 * 16 / 0.02
        let poisson = try run(workload, .roundRobin)
        workload.arrivals = .even
        let even = try run(workload, .roundRobin)
        workload.arrivals = .bursts(of: 40)
        let bursts = try run(workload, .roundRobin)
        #expect(even.latency.p99 < poisson.latency.p99)
        #expect(poisson.latency.p99 < bursts.latency.p99)
        #expect(abs(Double(bursts.requests) / Double(poisson.requests) - 1) < 0.1)
    }

    @Test("an autoscaler by requests in flight follows a load that grows")
    func concurrency() throws {
        var workload = Workload(
            name: "growth",
            servers: [ServerSpecification](repeating: ServerSpecification(cores: 2), count: 2),
            load: 0.5,
            work: .exponential(mean: 0.02)
        )
        workload.profile = { seconds in seconds < 20 ? 1 : 4 }
        var configuration = ConcurrencyScaler.Configuration()
        configuration.targetConcurrency = 2
        configuration.minimum = 1
        configuration.maximum = 40
        configuration.stableWindow = .seconds(10)
        workload.autoscaling = Autoscaling(concurrency: configuration)
        let result = try run(workload, .leastRequests(.all), seconds: 60)
        #expect((result.timeline.last?.replicas ?? 0) >= 5)
        #expect((result.timeline.last?.p99 ?? .infinity) < 400)
    }
}
