// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// A replica: its processor, what it counts of itself, and its neighbours.
struct SimulatedServer {
    var cpu: ProcessorSharing
    let allocation: Double
    let antagonist: Antagonist?
    var responder = ProbeResponder()
    var completed = 0
    var failed = 0
    /// What is the matter with it.
    var condition = Condition.well
    var isGone = false
    let joinedAt: Int64
    private let fullSpeed: Double
    private var slowdown = 1.0
    private var reported: (time: Int64, used: Double, completed: Int, failed: Int)
    private var scaled: (time: Int64, used: Double)

    /// What can be the matter with a replica.
    enum Condition {
        case well
        /// It takes requests and does nothing.
        case frozen
        /// It answers each request with an error at once.
        case failsFast
        /// It is not there: connections are refused at once.
        case dead
    }

    init(_ specification: ServerSpecification, joinedAt now: Int64 = 0) {
        allocation = specification.cores
        antagonist = specification.antagonist
        fullSpeed = specification.speed
        cpu = ProcessorSharing(
            cores: specification.quota?.processors ?? specification.cores,
            speed: specification.speed,
            budget: specification.quota.map { QuotaBudget(cores: specification.cores, quota: $0, startingAt: now) },
            startingAt: now
        )
        joinedAt = now
        reported = (now, 0, 0, 0)
        scaled = (now, 0)
    }

    /// Whether it answers probes and reports its load.
    var answers: Bool { condition == .well || condition == .failsFast }

    /// Makes it so many times slower than it is made, or as fast again at 1.
    mutating func slow(by factor: Double) {
        slowdown = factor
        setSpeed()
    }

    mutating func change(to condition: Condition) {
        self.condition = condition
        setSpeed()
    }

    private mutating func setSpeed() {
        cpu.speed = condition == .frozen ? 0 : fullSpeed / slowdown
    }

    /// What the server reports of the time since its last report.
    mutating func takeReport(at now: Int64) -> LoadReport {
        let elapsed = max(1e-9, Double(now - reported.time) / 1e9)
        let done = completed - reported.completed
        let errors = failed - reported.failed
        let report = LoadReport(
            cpuUtilisation: max(0, (cpu.used - reported.used) / elapsed / allocation),
            requestsPerSecond: Double(done + errors) / elapsed,
            errorsPerSecond: Double(errors) / elapsed
        )
        reported = (now, cpu.used, completed, failed)
        return report
    }

    /// The utilisation since the autoscaler last looked, or nil if it just joined.
    mutating func takeUtilisationForScaling(at now: Int64) -> Double? {
        let elapsed = Double(now - scaled.time) / 1e9
        let used = cpu.used - scaled.used
        scaled = (now, cpu.used)
        return elapsed < 1 ? nil : used / elapsed / allocation
    }
}
