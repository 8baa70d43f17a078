// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import Balancer

@Suite("Prequal")
struct PrequalTests {
    private func entry(_ slot: Int, _ inFlight: Int, _ latency: Int64, uses: Int = 10) -> ProbePool.Entry {
        ProbePool.Entry(slot: slot, inFlight: inFlight, latency: latency, received: .zero, uses: uses)
    }

    @Test("the quickest cold answer wins; if all are hot, the one with fewest in flight")
    func rule() {
        var pool = ProbePool(capacity: 16)
        pool.insert(entry(0, 9, 1))
        pool.insert(entry(1, 3, 50))
        pool.insert(entry(2, 4, 20))
        #expect(pool.best(threshold: 5, excluding: SlotSet()) == 2)
        #expect(pool.best(threshold: 3, excluding: SlotSet()) == 1)
        #expect(pool.best(threshold: 1, excluding: SlotSet()) == 1)
        #expect(pool.best(threshold: .max, excluding: SlotSet()) == 0)
    }

    @Test("the worst answer is the most crowded hot one, or without hot ones the slowest")
    func worst() {
        var pool = ProbePool(capacity: 16)
        pool.insert(entry(0, 9, 1))
        pool.insert(entry(1, 3, 50))
        pool.insert(entry(2, 7, 99))
        pool.removeWorst(threshold: 5)
        #expect(pool.entries.map(\.slot) == [1, 2])
        pool.removeWorst(threshold: 5)
        #expect(pool.entries.map(\.slot) == [1])
    }

    @Test("the pool keeps one answer for each endpoint and drops the oldest when full")
    func poolBounds() {
        var pool = ProbePool(capacity: 3)
        for slot in 0..<5 { pool.insert(entry(slot, 1, 1)) }
        #expect(pool.entries.map(\.slot) == [2, 3, 4])
        pool.insert(entry(3, 8, 8))
        #expect(pool.entries.map(\.slot) == [2, 4, 3])
    }

    @Test("the reuse limit is the paper's formula")
    func reuse() {
        // m = 16, n = 100, r_probe = 3, r_remove = 1, δ = 1: 2 / (0.84 · 3 − 1).
        #expect(abs(Prequal().reuse(endpoints: 100) - 2 / 1.52) < 1e-12)
        var frequent = Prequal()
        frequent.probesPerRequest = 5
        #expect(frequent.reuse(endpoints: 100) == 1)
        // Of eight endpoints four are kept: 2 / (0.5 · 3 − 1).
        #expect(Prequal().reuse(endpoints: 8) == 4)
        // Nothing to sample, or too few probes to keep up: age alone ends an answer.
        #expect(Prequal().reuse(endpoints: 2) == .infinity)
        var rare = Prequal()
        rare.probesPerRequest = 0.5
        #expect(rare.reuse(endpoints: 100) == .infinity)
    }

    @Test(
        "the pool is a sample: never more than half of the endpoints, from four on",
        arguments: [(1, 2), (2, 2), (3, 2), (4, 2), (5, 2), (8, 4), (31, 15), (32, 16), (1_000, 16)]
    )
    func sample(endpoints: Int, kept: Int) {
        #expect(Prequal().pool(endpoints: endpoints) == kept)
        // The paper's condition for a pool that does not run dry.
        if endpoints >= 4 { #expect(Prequal().reuse(endpoints: endpoints).isFinite) }
    }

    @Test("the threshold is the quantile of what was seen, below all at 0 and above all at 1")
    func threshold() {
        var quantile = InFlightQuantile()
        for value in 0..<300 { quantile.insert(value % 100) }
        #expect(quantile.threshold(0) == -1)
        #expect(quantile.threshold(1) == .max)
        let middle = quantile.threshold(0.5)
        #expect(middle > 25 && middle < 75)
    }

    @Test("each request owes its probes, to endpoints that do not repeat before all had one")
    func probes() throws {
        let picker = try makeBalancer(.prequal, weights: [UInt32](repeating: 1, count: 9)).makePicker()
        _ = picker.pick(PickContext(now: .zero))
        var probed: [String] = []
        while let target = picker.nextProbe(at: .zero) { probed.append(target.endpoint.id) }
        #expect(probed.count == 3)
        for _ in 0..<2 { _ = picker.pick(PickContext(now: .zero)) }
        while let target = picker.nextProbe(at: .zero) { probed.append(target.endpoint.id) }
        #expect(Set(probed).count == 9)
    }

    @Test("requests go where the answers say, and a stale pool is not believed")
    func follows() throws {
        let balancer = try makeBalancer(.prequal, weights: [UInt32](repeating: 1, count: 40))
        let picker = balancer.makePicker()
        for _ in 0..<5 { _ = picker.pick(PickContext(now: .zero)) }
        var quick = Set<String>()
        while let target = picker.nextProbe(at: .zero) {
            let isQuick = quick.count < 4
            if isQuick { quick.insert(target.endpoint.id) }
            picker.recordProbe(
                ProbeReply(inFlight: 1, latency: .milliseconds(isQuick ? 1 : 90)),
                from: target,
                at: .zero
            )
        }
        let fresh = picker.pick(PickContext(now: at(10)))?.address
        #expect(quick.contains(fresh ?? ""))
        let stale = (0..<60).compactMap { _ in picker.pick(PickContext(now: at(5_000)))?.address }
        #expect(Set(stale).count > 15)
    }

    @Test("a synchronous request waits for all but one of its probes")
    func synchronous() throws {
        var policy = Prequal()
        policy.mode = .synchronous(probes: 3)
        let picker = try makeBalancer(policy, weights: [1, 1, 1, 1, 1]).makePicker()
        guard case .refused(let reason) = picker.decide(PickContext(now: .zero)) else {
            Issue.record("placed without an answer")
            return
        }
        #expect(reason == .awaitingProbes)
        var targets: [ProbeTarget<String>] = []
        while let target = picker.nextProbe(at: .zero) { targets.append(target) }
        #expect(targets.count == 3)
        picker.recordProbe(ProbeReply(inFlight: 5, latency: .milliseconds(9)), from: targets[0], at: .zero)
        #expect(picker.pick(PickContext(now: .zero)) == nil)
        picker.recordProbe(ProbeReply(inFlight: 1, latency: .milliseconds(1)), from: targets[1], at: .zero)
        #expect(picker.pick(PickContext(now: .zero))?.address == targets[1].endpoint.id)
    }

    @Test("a responder expects the median latency of requests that met the same crowd")
    func responder() {
        var responder = ProbeResponder()
        #expect(responder.reply(at: .zero) == ProbeReply(inFlight: 0, latency: .zero))
        for round in 0..<9 {
            let begun = responder.begin()
            responder.end(begunWith: begun, latency: .milliseconds(10 + round), at: at(Double(round)))
        }
        #expect(responder.reply(at: at(10)).latency == .milliseconds(14))
        #expect(responder.reply(at: at(60_000)).latency == .zero)
    }

    @Test("a replica that was crowded and emptied promises less than in the crowd, so that someone comes and sees")
    func emptied() {
        var responder = ProbeResponder()
        let crowd = (0..<20).map { _ in responder.begin() }
        #expect(crowd.last == 20)
        for begun in crowd.suffix(9) {
            responder.end(begunWith: begun, latency: .milliseconds(200), at: at(1))
        }
        let crowded = responder.reply(at: at(1)).latency
        for begun in crowd.prefix(11) {
            responder.end(begunWith: begun, latency: .milliseconds(10 * begun), at: at(2))
        }
        #expect(crowded >= .milliseconds(120) && crowded <= .milliseconds(200))
        #expect(responder.reply(at: at(2)).latency <= .milliseconds(10))
    }

    @Test("of samples equally near the youngest count")
    func youngest() {
        var responder = ProbeResponder(capacity: 16)
        for round in 0..<40 {
            let begun = responder.begin()
            responder.end(begunWith: begun, latency: .milliseconds(round), at: at(Double(round)))
        }
        // The last nine took 31 to 39 ms.
        #expect(responder.reply(at: at(40)).latency == .milliseconds(35))
    }
}
