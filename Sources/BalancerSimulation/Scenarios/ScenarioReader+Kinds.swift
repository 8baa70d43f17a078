// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// Lines whose first word says what kind they are of.
extension ScenarioReader {
    static func work(_ given: ScenarioLine, _ readFile: (String) throws -> String) throws -> ServiceTimes {
        var line = given
        let kind = try line.kind(["constant", "exponential", "normal", "bimodal", "pareto", "recorded"])
        let times: ServiceTimes
        switch kind {
        case "bimodal":
            times = .bimodal(
                short: try line.requiredDuration("short").inSeconds,
                long: try line.requiredDuration("long").inSeconds,
                longShare: try line.share("share") ?? 0.05
            )
        case "pareto":
            times = .boundedPareto(
                shape: try line.positive("shape") ?? 1.1,
                least: try line.requiredDuration("least").inSeconds,
                most: try line.requiredDuration("most").inSeconds
            )
        case "recorded":
            let text = try readFile(try line.required("file"))
            times = try line.naming { () throws(BalancerError) in try .recorded(parsing: text) }
        default:
            let mean = try line.requiredDuration("mean").inSeconds
            switch kind {
            case "constant": times = .constant(mean)
            case "normal": times = .clampedNormal(mean: mean)
            default: times = .exponential(mean: mean)
            }
        }
        try line.finish()
        if let problem = times.problem { throw line.fail(problem) }
        guard times.mean > 0 else { throw line.fail("requests that need no time at all leave nothing to simulate") }
        return times
    }

    static func fault(_ given: ScenarioLine) throws(BalancerError) -> Fault {
        var line = given
        let kind = try line.kind(["join", "leave", "slow", "freeze", "die", "fail-fast"])
        let start = try line.requiredDuration("at")
        if kind == "join" {
            let slowdown = try line.positive("slowdown") ?? 1
            let cold = try line.duration("for") ?? .zero
            try line.finish()
            return .join(at: start, slowdown: slowdown, coldFor: cold)
        }
        let server = try line.integer(try line.required("replica"), of: "replica", 0...1_000_000)
        if kind == "leave" {
            try line.finish()
            return .leave(server: server, at: start)
        }
        let end = try line.duration("until")
        if let end, end < start { throw line.fail("until is \(end), which is before at=\(start)") }
        if kind == "slow" {
            let factor = try line.positive("factor") ?? 2
            try line.finish()
            return .slow(server: server, factor: factor, from: start, until: end)
        }
        let noticed = try line.duration("noticed")
        try line.finish()
        switch kind {
        case "freeze": return .freeze(server: server, at: start, until: end, noticedAfter: noticed)
        case "die": return .die(server: server, at: start, until: end, noticedAfter: noticed)
        default: return .failFast(server: server, at: start, until: end, noticedAfter: noticed)
        }
    }

    static func autoscaling(_ given: ScenarioLine) throws(BalancerError) -> Autoscaling {
        var line = given
        let kind = try line.kind(["cpu", "concurrency"])
        let minimum = try line.integer("min", 0...100_000) ?? 1
        let maximum = try line.integer("max", 1...100_000) ?? 100
        guard minimum <= maximum else { throw line.fail("min is \(minimum), which is more than max=\(maximum)") }
        var autoscaling: Autoscaling
        if kind == "cpu" {
            var configuration = HorizontalScaler.Configuration(minimum: minimum, maximum: maximum)
            if let stabilisation = try line.duration("stabilisation") {
                configuration.scaleIn.stabilisation = stabilisation
            }
            let target = try line.share("target", atMost: 100) ?? 0.7
            guard target > 0 else { throw line.fail("target", "0", "must be above 0") }
            autoscaling = Autoscaling(configuration: configuration, targetUtilisation: target)
        } else {
            var configuration = ConcurrencyScaler.Configuration()
            configuration.minimum = minimum
            configuration.maximum = maximum
            configuration.targetConcurrency = try line.positive("target") ?? 10
            if let window = try line.duration("window") {
                guard window >= .seconds(1) else { throw line.fail("window is \(window): it must be 1s at least") }
                configuration.stableWindow = window
            }
            autoscaling = Autoscaling(concurrency: configuration)
        }
        if let every = try line.duration("every") { autoscaling.interval = every }
        if let start = try line.duration("start") { autoscaling.startDelay = start }
        try line.finish()
        return autoscaling
    }

    /// A load that changes by steps: `0s=1 60s=2.5 120s=1`.
    static func steps(_ line: ScenarioLine) throws(BalancerError) -> @Sendable (Double) -> Double {
        guard line.words.isEmpty, !line.settings.isEmpty else {
            throw line.fail("'\(line.text)' should be times and factors, such as 0s=1 60s=2.5 120s=1")
        }
        var steps: [(second: Double, factor: Double)] = []
        for (time, text) in line.settings {
            let second = try line.duration(time, of: "a time").inSeconds
            guard let factor = Double(text), factor >= 0, factor <= 1_000 else {
                throw line.fail("the factor at \(time)", text, "must be a number between 0 and 1000")
            }
            if let last = steps.last, second <= last.second {
                throw line.fail("\(time) does not come after the one before")
            }
            steps.append((second, factor))
        }
        return { [steps] seconds in steps.last { $0.second <= seconds }?.factor ?? 1 }
    }
}
