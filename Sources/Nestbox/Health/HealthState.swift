// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Whether a container's program does its work, as its checks found.
public struct HealthState: Sendable, Hashable, Codable {
    /// What the checks come to.
    public enum Status: String, Sendable, Hashable, Codable {
        /// None has succeeded yet.
        case starting
        /// The last succeeded.
        case healthy
        /// Too many in a row have failed.
        case unhealthy
    }

    /// One check.
    public struct Probe: Sendable, Hashable, Codable {
        /// When it began.
        public var start: Moment
        /// When it had ended.
        public var end: Moment
        /// The program's exit code; -1 if it took too long or could not be run.
        public var exitCode: Int
        /// The beginning of what it wrote.
        public var output: String
    }

    /// How many of the last checks are kept, and how much of what each wrote.
    static let keptProbes = 5
    static let keptOutput = 4096

    /// What the checks come to.
    public internal(set) var status = Status.starting
    /// How many have failed in a row.
    public internal(set) var failingStreak = 0
    /// The last checks, the newest last.
    public internal(set) var probes: [Probe] = []

    init() {}

    /// Takes note of a check.
    ///
    /// - Parameters:
    ///   - probe: The check.
    ///   - check: What the checks are like.
    ///   - started: When the container's program was started.
    /// - Returns: Whether the status is another one than before.
    mutating func take(_ probe: Probe, _ check: HealthCheck, started: Moment) -> Bool {
        let former = status
        probes = (probes + [probe]).suffix(Self.keptProbes)
        if probe.exitCode == 0 {
            failingStreak = 0
            status = .healthy
        } else if status != .starting || !Self.isStarting(probe.start, check, started: started) {
            failingStreak += 1
            if failingStreak >= check.retries { status = .unhealthy }
        }
        return status != former
    }

    /// The time to wait before the next check.
    func pause(_ check: HealthCheck, started: Moment, now: Moment) -> Duration {
        let isEager = status == .starting && Self.isStarting(now, check, started: started)
        return .nanoseconds(isEager ? min(check.startInterval, check.interval) : check.interval)
    }

    private static func isStarting(_ moment: Moment, _ check: HealthCheck, started: Moment) -> Bool {
        moment.nanoseconds - started.nanoseconds < check.startPeriod
    }
}
