// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import Balancer

@Suite("Policies by load reports")
struct UtilisationTests {
    private func cpu(_ share: Double) -> LoadReport { LoadReport(cpuUtilisation: share) }

    @Test("lowest reported sends everything to one endpoint until the next report")
    func herds() throws {
        let balancer = try makeBalancer(.lowestReported, weights: [1, 1, 1])
        let picker = balancer.makePicker()
        for (id, share) in [("a", 0.5), ("b", 0.4), ("c", 0.6)] {
            #expect(balancer.report(cpu(share), from: id, at: .zero))
        }
        #expect(picker.counts(50, at: at(900)) == ["b": 50])
    }

    @Test("least utilised counts what it sent since the report, so requests spread")
    func corrects() throws {
        let balancer = try makeBalancer(.leastUtilised, weights: [1, 1, 1])
        let picker = balancer.makePicker()
        for (id, share) in [("a", 0.5), ("b", 0.4), ("c", 0.6)] { balancer.report(cpu(share), from: id, at: .zero) }
        for _ in 0..<30 { _ = picker.pick(PickContext(now: at(100))) }
        let counts = balancer.status().map(\.inFlight)
        #expect(counts[1] > counts[0] && counts[0] > counts[2])
        #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 3)
    }

    @Test("what an answered request takes is learnt from reports, however long it was in flight")
    func learns() throws {
        let balancer = try makeBalancer(.leastUtilised, weights: [1])
        let picker = balancer.makePicker()
        balancer.report(cpu(0.3), from: "a", at: .zero)
        let picks = (0..<4).compactMap { _ in picker.pick(PickContext(now: at(0))) }
        for pick in picks { balancer.complete(pick, .success, at: at(900)) }
        balancer.report(cpu(0.8), from: "a", at: at(1_000))
        #expect(abs(picks[0].load.history.moments.work - 0.2) < 1e-9)
        // Four in flight for nine tenths of the second, which is not what they cost.
        #expect(abs(picks[0].load.history.moments.inFlight - 3.6) < 1e-9)
    }

    @Test("own requests are known by how the utilisation varies with them", arguments: [true, false])
    func explains(own: Bool) throws {
        let balancer = try makeBalancer(.leastUtilised, weights: [1])
        let picker = balancer.makePicker()
        balancer.report(cpu(0), from: "a", at: .zero)
        var handle: LoadHandle?
        for second in 1...20 {
            let count = second % 5
            for _ in 0..<count {
                let pick = try #require(picker.pick(PickContext(now: at(Double(second * 1_000 - 500)))))
                balancer.complete(pick, .success, at: at(Double(second * 1_000 - 400)))
                handle = pick.load
            }
            // Others' requests come in threes of seconds, which has nothing to do with fives.
            let utilisation = 0.1 * Double(own ? count : second % 3)
            balancer.report(cpu(utilisation), from: "a", at: at(Double(second * 1_000)))
        }
        let explained = try #require(handle).history.moments.explained
        #expect(own ? explained > 0.999 : explained < 0.1)
    }

    @Test("a report out of range is refused and changes nothing")
    func refuses() throws {
        let balancer = try makeBalancer(.leastUtilised, weights: [1])
        balancer.report(cpu(0.25), from: "a", at: .zero)
        for bad in [-0.1, .nan, .infinity, -.infinity] {
            #expect(!balancer.report(cpu(bad), from: "a", at: at(10)))
            #expect(!balancer.report(LoadReport(requestsPerSecond: bad), from: "a", at: at(10)))
        }
        #expect(!balancer.report(LoadReport(memoryUtilisation: 1.5), from: "a", at: at(10)))
        #expect(!balancer.report(cpu(0.5), from: "nobody", at: at(10)))
        let pick = try #require(balancer.makePicker().pick(PickContext(now: .zero)))
        #expect(pick.load.report.utilisation == 0.25)
    }

    @Test("missing and expired reports count as the mean of the others")
    func missing() throws {
        var configuration = BalancerConfiguration()
        configuration.reportExpiry = .seconds(5)
        let balancer = try makeBalancer(.leastUtilised, weights: [1, 1, 1], configuration)
        balancer.report(cpu(0.2), from: "a", at: .zero)
        balancer.report(cpu(0.8), from: "b", at: .zero)
        balancer.advance(to: at(1_000))
        let picker = balancer.makePicker()
        #expect(picker.sequence(1, at: at(1_000)) == ["a"])
        let first = try #require(picker.pick(PickContext(now: at(1_000))))
        #expect(first.address == "a")
        // Six seconds on all reports have expired: nobody stands out.
        balancer.complete(first, .success, at: at(1_001))
        balancer.advance(to: at(6_500))
        #expect(Set(picker.sequence(60, at: at(6_500))).count == 3)
    }

    @Test("the weight is requests per second over utilisation and penalised errors, as in gRPC")
    func formula() {
        let policy = UtilisationWeighted()
        var report = ReportedLoad()
        report.take(
            LoadReport(cpuUtilisation: 0.5, requestsPerSecond: 100, errorsPerSecond: 20),
            at: .zero,
            answered: 0,
            expiry: 180_000_000_000
        )
        #expect(policy.weight(report, at: at(9_999), expiry: 180_000_000_000) == 0)
        #expect(abs(policy.weight(report, at: at(10_000), expiry: 180_000_000_000) - 100 / 0.7) < 1e-9)
        #expect(policy.weight(report, at: at(180_000), expiry: 180_000_000_000) == 0)
        report.take(
            LoadReport(cpuUtilisation: 0.9, applicationUtilisation: 0.25, requestsPerSecond: 50),
            at: at(11_000),
            answered: 0,
            expiry: 180_000_000_000
        )
        #expect(policy.weight(report, at: at(11_000), expiry: 180_000_000_000) == 200)
    }

    @Test("requests follow the weights once the blackout is over")
    func weighted() throws {
        let balancer = try makeBalancer(.utilisationWeighted, weights: [1, 1, 1])
        let picker = balancer.makePicker()
        func report(_ now: Timestamp) {
            for (id, share) in [("a", 0.2), ("b", 0.4), ("c", 0.8)] {
                balancer.report(LoadReport(cpuUtilisation: share, requestsPerSecond: 100), from: id, at: now)
            }
        }
        report(at(0))
        balancer.advance(to: at(1_000))
        #expect(picker.counts(300, at: at(1_000)) == ["a": 100, "b": 100, "c": 100])
        report(at(10_000))
        balancer.advance(to: at(10_500))
        let counts = picker.counts(7_000, at: at(10_500))
        #expect(abs((counts["a"] ?? 0) - 4_000) < 20)
        #expect(abs((counts["b"] ?? 0) - 2_000) < 20)
    }

    @Test("a report that arrives out of order does not make the last one younger or older")
    func clockBack() throws {
        let balancer = try makeBalancer(.leastUtilised, weights: [1])
        balancer.report(cpu(0.2), from: "a", at: at(5_000))
        balancer.report(cpu(0.4), from: "a", at: at(1_000))
        let pick = try #require(balancer.makePicker().pick(PickContext(now: at(5_000))))
        #expect(pick.load.report.received == at(5_000))
    }
}
