// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@Suite("Outlier detection")
struct OutlierTests {
    private func balancer(_ change: (inout OutlierDetection) -> Void = { _ in }) throws -> LoadBalancer<String> {
        var configuration = BalancerConfiguration()
        var detection = OutlierDetection()
        change(&detection)
        configuration.outlierDetection = detection
        return try makeBalancer(
            RoundRobin(startsAtRandom: false),
            weights: [UInt32](repeating: 1, count: 10),
            configuration
        )
    }

    /// Sends requests in turn, of which those to the named endpoints fail.
    private func send(
        _ count: Int,
        to picker: Picker<String>,
        failing: Set<String>,
        _ outcome: Outcome = .serverError,
        at now: Timestamp
    ) {
        for _ in 0..<count {
            guard let pick = picker.pick(PickContext(now: now)) else { continue }
            picker.balancer.complete(pick, failing.contains(pick.address) ? outcome : .success, at: now)
        }
    }

    private func ejected(_ balancer: LoadBalancer<String>) -> [String] {
        balancer.status().filter(\.isEjected).map(\.id)
    }

    @Test("the fifth failure in a row ejects, and a success in between starts the count anew")
    func consecutive() throws {
        let balancer = try balancer()
        let picker = balancer.makePicker()
        send(40, to: picker, failing: ["c"], at: .zero)
        #expect(ejected(balancer).isEmpty)
        send(10, to: picker, failing: [], at: .zero)
        send(40, to: picker, failing: ["c"], at: .zero)
        #expect(ejected(balancer).isEmpty)
        send(10, to: picker, failing: ["c"], at: .zero)
        #expect(ejected(balancer) == ["c"])
        #expect(picker.counts(90)["c"] == nil)
    }

    @Test("an ejection lasts 30 seconds, the next one twice as long, and good intervals shorten it again")
    func growth() throws {
        let balancer = try balancer()
        let picker = balancer.makePicker()
        send(50, to: picker, failing: ["c"], at: .zero)
        balancer.advance(to: at(29_900))
        #expect(ejected(balancer) == ["c"])
        balancer.advance(to: at(30_000))
        #expect(ejected(balancer).isEmpty)
        send(50, to: picker, failing: ["c"], at: at(30_000))
        balancer.advance(to: at(89_000))
        #expect(ejected(balancer) == ["c"])
        balancer.advance(to: at(90_000))
        #expect(ejected(balancer).isEmpty)
        for step in 1...3 { balancer.advance(to: at(90_000 + Double(step) * 10_000)) }
        send(50, to: picker, failing: ["c"], at: at(125_000))
        #expect(ejected(balancer) == ["c"])
        balancer.advance(to: at(155_000))
        #expect(ejected(balancer).isEmpty)
    }

    @Test("no more than the allowed share is out, but one always may be")
    func cap() throws {
        let balancer = try balancer { $0.maximumEjectedShare = 0.3 }
        send(200, to: balancer.makePicker(), failing: ["a", "b", "c", "d", "e"], at: .zero)
        #expect(ejected(balancer).count == 3)
        let strict = try self.balancer { $0.maximumEjectedShare = 0 }
        send(200, to: strict.makePicker(), failing: ["a", "b"], at: .zero)
        #expect(ejected(strict).count == 1)
    }

    @Test("gateway failures count for themselves")
    func gateway() throws {
        let balancer = try balancer {
            $0.consecutiveFailures = nil
            $0.consecutiveGatewayFailures = 3
        }
        let picker = balancer.makePicker()
        send(100, to: picker, failing: ["b"], .serverError, at: .zero)
        #expect(ejected(balancer).isEmpty)
        send(30, to: picker, failing: ["b"], .timeout, at: .zero)
        #expect(ejected(balancer) == ["b"])
    }

    @Test("a success rate 1.9 deviations below the mean is an outlier")
    func successRate() {
        let detection = OutlierDetection()
        var counts = [(successes: Int, failures: Int)](repeating: (99, 1), count: 9)
        counts.append((60, 40))
        #expect(detection.outliers(counts) == [9])
        counts[9] = (50, 40)
        #expect(detection.outliers(counts) == [], "with 90 requests it is not judged")
        #expect(detection.outliers(Array(counts.prefix(4))) == [], "four endpoints are too few to compare")
    }

    @Test("a share of failures ejects whatever the others do")
    func failureShare() {
        var detection = OutlierDetection()
        detection.successRateDeviations = nil
        detection.failureShare = 0.85
        let counts = [(successes: 10, failures: 90), (90, 10), (14, 86), (16, 84), (100, 0)]
        #expect(detection.outliers(counts) == [0, 2])
    }

    @Test("rates are looked at each interval")
    func sweeps() throws {
        let balancer = try balancer { $0.consecutiveFailures = nil }
        let picker = balancer.makePicker()
        for step in 0..<1_000 {
            guard let pick = picker.pick(PickContext(now: at(1))) else { continue }
            balancer.complete(
                pick,
                pick.address == "d" && step % 2 == 0 ? .success : pick.address == "d" ? .timeout : .success,
                at: at(1)
            )
        }
        balancer.advance(to: at(9_000))
        #expect(ejected(balancer).isEmpty)
        for _ in 0..<1_000 {
            guard let pick = picker.pick(PickContext(now: at(2))) else { continue }
            balancer.complete(pick, pick.address == "d" ? .timeout : .success, at: at(2))
        }
        balancer.advance(to: at(10_000))
        #expect(ejected(balancer) == ["d"])
    }
}
