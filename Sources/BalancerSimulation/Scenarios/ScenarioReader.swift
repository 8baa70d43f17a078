// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// Gathers what the lines of a scenario say.
struct ScenarioReader {
    private enum Rate {
        case load(Double)
        case perSecond(Double)
    }

    private static let keys = [
        "name", "clients", "replicas", "arrivals", "steps", "work", "reports", "network", "timeout", "fault",
        "autoscaling", "outliers", "limit", "warm-up", "measure", "policies", "seeds",
    ]

    private var workload = Workload(name: "scenario", servers: [], arrivalRate: 0, work: .constant(0))
    private var rate: Rate?
    private var policies = NamedPolicy.usual
    private var seeds: [UInt64] = [1, 2, 3]
    private var configuration = BalancerConfiguration()
    private var seen: Set<String> = []

    mutating func read(_ line: ScenarioLine, _ readFile: (String) throws -> String) throws {
        let key = line.key
        guard Self.keys.contains(key) else {
            throw BalancerError(
                code: .invalidConfiguration,
                message: "line \(line.number): there is no '\(key)'; there are \(Self.keys.joined(separator: ", "))"
            )
        }
        if !seen.insert(key).inserted, key != "replicas", key != "fault" { throw line.fail("it is given twice") }
        switch key {
        case "arrivals": try readArrivals(line, readFile)
        case "work": workload.work = try Self.work(line, readFile)
        case "replicas": try readReplicas(line)
        case "fault": workload.faults.append(try Self.fault(line))
        case "autoscaling": workload.autoscaling = try Self.autoscaling(line)
        case "steps": workload.profile = try Self.steps(line)
        case "reports": try readReports(line)
        default: try readSimple(line)
        }
    }

    /// All that was read.
    func scenario() throws(BalancerError) -> Scenario {
        for key in ["replicas", "arrivals", "work"] where !seen.contains(key) {
            throw BalancerError(code: .invalidConfiguration, message: "the scenario has no line '\(key): …'")
        }
        var workload = workload
        switch rate {
        case .perSecond(let rate): workload.arrivalRate = rate
        case .load(let load):
            let capacity = workload.servers.reduce(0) { $0 + $1.cores * $1.speed }
            workload.arrivalRate = load * capacity / workload.work.mean
        case nil: break
        }
        try workload.validate()
        return Scenario(workload: workload, policies: policies, seeds: seeds, configuration: configuration)
    }

    private mutating func readSimple(_ line: ScenarioLine) throws(BalancerError) {
        switch line.key {
        case "name": workload.name = line.text
        case "clients": workload.clients = try line.integer(try line.single(), of: "", 1...100_000)
        case "network": workload.networkDelay = try line.duration(try line.single(), of: "")
        case "timeout": workload.timeout = try line.duration(try line.single(), of: "")
        case "warm-up": workload.warmUp = try line.duration(try line.single(), of: "")
        case "measure": workload.duration = try line.duration(try line.single(), of: "")
        case "limit":
            configuration.maxInFlightPerEndpoint = try line.integer(try line.single(), of: "", 1...1_000_000)
        case "outliers":
            configuration.outlierDetection = try line.kind(["on", "off"]) == "on" ? OutlierDetection() : nil
        case "policies":
            policies = try line.naming { () throws(BalancerError) in try NamedPolicy.list(line.text) }
        default:
            seeds = []
            for word in line.text.split(whereSeparator: { $0.isWhitespace || $0 == "," }) {
                guard let seed = UInt64(word) else { throw line.fail("", String(word), "must be a whole number") }
                seeds.append(seed)
            }
        }
    }

    private mutating func readReplicas(_ given: ScenarioLine) throws(BalancerError) {
        var line = given
        guard line.words.count == 1, let word = line.words.first else {
            throw line.fail("'\(line.text)' should begin with how many there are")
        }
        let count = try line.integer(word, of: "", 1...100_000)
        var server = ServerSpecification(cores: try line.positive("cores") ?? 1)
        server.speed = try line.positive("speed") ?? 1
        if let neighbours = line.value("neighbours") {
            guard ["light", "heavy"].contains(neighbours) else {
                throw line.fail("neighbours", neighbours, "must be light or heavy")
            }
            let machine = try line.positive("machine") ?? 64
            guard machine >= server.cores else {
                throw line.fail("machine", "\(machine)", "can't have fewer cores than the replica")
            }
            server.antagonist = Antagonist(machineCores: machine, isHeavy: neighbours == "heavy")
        }
        server.quota = try Self.quota(&line)
        try line.finish()
        workload.servers += [ServerSpecification](repeating: server, count: count)
    }

    private static func quota(_ line: inout ScenarioLine) throws(BalancerError) -> CPUQuota? {
        let period = try line.duration("period")
        guard let processors = try line.positive("processors") else {
            if period != nil { throw line.fail("a period belongs to a quota, which needs processors=…") }
            return nil
        }
        return CPUQuota(processors: processors, period: period?.inSeconds ?? 0.1)
    }

    private mutating func readArrivals(_ given: ScenarioLine, _ readFile: (String) throws -> String) throws {
        var line = given
        let kind = try line.kind(["poisson", "even", "bursts", "recorded"])
        switch kind {
        case "even": workload.arrivals = .even
        case "bursts": workload.arrivals = .bursts(of: try line.integer("of", 1...1_000_000) ?? 10)
        case "recorded":
            let text = try readFile(try line.required("file"))
            workload.arrivals = try line.naming { () throws(BalancerError) in try .recorded(parsing: text) }
        default: workload.arrivals = .poisson
        }
        let perSecond = try line.positive("rate")
        let load = try line.share("load", atMost: 100)
        try line.finish()
        switch (perSecond, load) {
        case (let perSecond?, nil): rate = .perSecond(perSecond)
        case (nil, let load?) where load > 0: rate = .load(load)
        case (nil, nil):
            guard let recorded = workload.arrivals.recordedRate else {
                throw line.fail("it needs rate=… (requests per second) or load=… (1 is all cores)")
            }
            rate = .perSecond(recorded)
        case (nil, _): throw line.fail("load is 0: nothing would come")
        default: throw line.fail("it has a rate and a load; one says it")
        }
    }

    private mutating func readReports(_ given: ScenarioLine) throws(BalancerError) {
        var line = given
        if line.words == ["off"] {
            workload.reportInterval = .zero
        } else if !line.words.isEmpty {
            throw line.fail("'\(line.text)' should be off, or every=… and delay=…")
        }
        if let every = try line.duration("every") { workload.reportInterval = every }
        if let delay = try line.duration("delay") { workload.reportDelay = delay }
        try line.finish()
    }
}
