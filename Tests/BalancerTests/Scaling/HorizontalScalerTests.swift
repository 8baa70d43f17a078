// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@Suite("Horizontal scaler")
struct HorizontalScalerTests {
    private func scaler(
        minimum: Int = 1,
        maximum: Int = 100,
        _ change: (inout HorizontalScaler.Configuration) -> Void = { _ in }
    ) throws -> HorizontalScaler {
        var configuration = HorizontalScaler.Configuration(minimum: minimum, maximum: maximum)
        change(&configuration)
        return try HorizontalScaler(configuration)
    }

    private func samples(_ values: Double?..., unready: [Double?] = []) -> [ScalingMetric.Sample] {
        values.map { ScalingMetric.Sample($0) } + unready.map { ScalingMetric.Sample($0, isReady: false) }
    }

    /// A decision of a fresh scaler that scales in at once.
    private func decide(_ samples: [ScalingMetric.Sample], target: Double, missing: Double? = nil) throws -> Int {
        var scaler = try scaler { $0.scaleIn.stabilisation = .zero }
        return scaler.decide(
            [.perReplica(samples, target: target, missing: missing)],
            current: samples.count,
            at: .zero
        )
    }

    @Test("replicas are the ratio of measured to wanted, rounded up")
    func ratio() throws {
        #expect(try decide(samples(0.9, 0.9, 0.9, 0.9), target: 0.6) == 6)
        #expect(try decide(samples(0.3, 0.3, 0.3, 0.3), target: 0.6) == 2)
        #expect(try decide(samples(0.61, 0.62, 0.6), target: 0.5) == 4)
    }

    @Test("within the tolerance nothing changes")
    func tolerance() throws {
        #expect(try decide(samples(0.65, 0.65), target: 0.6) == 2)
        #expect(try decide(samples(0.54, 0.54, 0.55), target: 0.6) == 3)
        #expect(try decide(samples(0.67, 0.67), target: 0.6) == 3)
    }

    @Test("missing values dampen: nothing when scaling out, a full replica when scaling in")
    func missing() throws {
        // Out: (1 + 1 + 1 + 0) / 4 = 0.75 of 0.5 asks for 6, where the measured ones alone would ask for 8.
        #expect(try decide(samples(1, 1, 1, nil), target: 0.5) == 6)
        // In: (0.2 · 3 + 1) / 4 = 0.4 of 0.5 asks for 4 and so for no change at all.
        #expect(try decide(samples(0.2, 0.2, 0.2, nil), target: 0.5, missing: 1) == 4)
        #expect(try decide(samples(0.1, 0.1, 0.1, nil), target: 0.5) == 2)
    }

    @Test("replicas that start count as idle when scaling out, and not at all when scaling in")
    func unready() throws {
        // (1 + 1 + 0 + 0) / 4 = 0.5 of 0.5: no change.
        #expect(try decide(samples(1, 1, unready: [1, 0.1]), target: 0.5) == 4)
        #expect(try decide(samples(0.2, 0.2, unready: [1, 1]), target: 0.5) == 1)
    }

    @Test("a move that the assumptions would reverse is not made")
    func reversal() throws {
        #expect(try decide(samples(0.6, nil, nil), target: 0.5) == 3)
    }

    @Test("the metric that asks for most decides, and a missing one forbids to scale in")
    func several() throws {
        var scaler = try scaler { $0.scaleIn.stabilisation = .zero }
        let calm = ScalingMetric.total(100, targetPerReplica: 50)
        let busy = ScalingMetric.value(30, target: 10)
        #expect(scaler.decide([calm, busy], current: 4, at: at(0)) == 8)
        #expect(scaler.decide([calm, .value(nil, target: 10)], current: 4, at: at(60_000)) == 4)
        #expect(
            scaler.decide([.total(300, targetPerReplica: 50), .value(nil, target: 10)], current: 4, at: at(120_000))
                == 6
        )
        #expect(scaler.decide([calm], current: 4, at: at(180_000)) == 2)
    }

    @Test("by default it doubles, or adds four, in 15 seconds at most")
    func rate() throws {
        var scaler = try scaler()
        let load = ScalingMetric.total(10_000, targetPerReplica: 100)
        #expect(scaler.decide([load], current: 1, at: at(0)) == 5)
        #expect(scaler.decide([load], current: 5, at: at(5_000)) == 5)
        #expect(scaler.decide([load], current: 5, at: at(15_000)) == 10)
        #expect(scaler.decide([load], current: 10, at: at(30_000)) == 20)
        #expect(scaler.decide([load], current: 20, at: at(45_000)) == 40)
    }

    @Test("it scales in no further than the most that was asked for within five minutes")
    func stabilisation() throws {
        var scaler = try scaler()
        func load(_ total: Double) -> ScalingMetric { .total(total, targetPerReplica: 10) }
        #expect(scaler.decide([load(100)], current: 10, at: at(0)) == 10)
        #expect(scaler.decide([load(20)], current: 10, at: at(60_000)) == 10)
        #expect(scaler.decide([load(70)], current: 10, at: at(120_000)) == 10)
        #expect(scaler.decide([load(20)], current: 10, at: at(301_000)) == 7)
        #expect(scaler.decide([load(20)], current: 7, at: at(421_000)) == 2)
    }

    @Test("rules by number and percent, the most or the least of them, or none")
    func rules() throws {
        func decide(_ selection: ScalingBehaviour.Selection) throws -> Int {
            var scaler = try scaler {
                $0.scaleIn = ScalingBehaviour(
                    rules: [.replicas(4, per: .seconds(60)), .percent(10, per: .seconds(60))],
                    selection: selection,
                    stabilisation: .zero
                )
            }
            return scaler.decide([.total(10, targetPerReplica: 10)], current: 80, at: .zero)
        }
        #expect(try decide(.most) == 72)
        #expect(try decide(.least) == 76)
        #expect(try decide(.disabled) == 80)
    }

    @Test("bounds hold, and a workload that was switched off stays off")
    func bounds() throws {
        var scaler = try scaler(minimum: 2, maximum: 5)
        #expect(scaler.decide([.total(1_000, targetPerReplica: 1)], current: 4, at: at(0)) == 5)
        #expect(scaler.decide([.total(0, targetPerReplica: 1)], current: 1, at: at(1)) == 2)
        #expect(scaler.decide([], current: 9, at: at(2)) == 5)
        #expect(scaler.decide([.total(1_000, targetPerReplica: 1)], current: 0, at: at(3)) == 0)
        #expect(throws: BalancerError.self) { try self.scaler(minimum: 3, maximum: 2) }
    }

    @Test("nonsense values are missing values")
    func nonsense() throws {
        #expect(try decide(samples(.nan, .infinity, -1), target: 0.5) == 3)
        var scaler = try scaler()
        #expect(scaler.decide([.total(.nan, targetPerReplica: 5), .value(3, target: 0)], current: 4, at: .zero) == 4)
        #expect(scaler.decide([.total(1e300, targetPerReplica: 1e-9)], current: 4, at: .zero) == 8)
    }
}
