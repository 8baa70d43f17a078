// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// When an endpoint is to be checked and what its answers mean: the decisions of active health checking, without the
/// checking itself.
///
/// ```swift
/// var check = HealthCheck(startingAt: now)
/// if now >= check.due {
///     let isWell = await probe(endpoint)
///     if let health = check.record(isWell, at: now) { try balancer.apply([.setHealth(id: id, health)]) }
/// }
/// ```
///
/// Source: Envoy, "Health checking".
public struct HealthCheck: Sendable {
    /// How often, and how many answers decide.
    public struct Configuration: Hashable, Sendable {
        /// The time between two checks of a healthy endpoint; 5 seconds by default.
        public var interval = Duration.seconds(5)
        /// The time between two checks of an unhealthy endpoint; 5 seconds by default.
        public var unhealthyInterval = Duration.seconds(5)
        /// So many failures in a row make an endpoint unhealthy; 3 by default.
        public var unhealthyThreshold = 3
        /// So many successes in a row make it healthy again; 2 by default.
        public var healthyThreshold = 2
        /// Up to this share of the interval is added at random, so that checks do not come in bursts; 0.1 by default.
        public var jitter = 0.1

        /// Creates the defaults.
        public init() {}
    }

    /// How often, and how many answers decide.
    public let configuration: Configuration
    /// What is believed of the endpoint.
    public private(set) var health: EndpointHealth
    /// When to check next.
    public private(set) var due: Timestamp
    private var isFirst = true
    private var streak = 0
    private var generator: SeededGenerator

    /// Begins to watch an endpoint, which is believed to be unhealthy until its first answer.
    ///
    /// - Parameters:
    ///   - now: The present time, when the first check is due.
    ///   - configuration: How often, and how many answers decide.
    ///   - seed: Where the jitter starts.
    public init(
        startingAt now: Timestamp,
        configuration: Configuration = Configuration(),
        seed: UInt64 = 0
    ) {
        self.configuration = configuration
        health = .unhealthy
        due = now
        generator = SeededGenerator(seed: seed)
    }

    /// Takes in an answer; the first one decides at once.
    ///
    /// - Parameters:
    ///   - isWell: Whether the endpoint answered well and in time.
    ///   - now: The present time.
    /// - Returns: What is believed now, if that has changed.
    public mutating func record(_ isWell: Bool, at now: Timestamp) -> EndpointHealth? {
        let before = health
        let agrees = isWell == (health == .healthy)
        streak = agrees ? 0 : streak + 1
        let threshold = isWell ? configuration.healthyThreshold : configuration.unhealthyThreshold
        if !agrees, isFirst || streak >= max(1, threshold) {
            health = isWell ? .healthy : .unhealthy
            streak = 0
        }
        isFirst = false
        schedule(from: now)
        return health == before ? nil : health
    }

    private mutating func schedule(from now: Timestamp) {
        let interval = health == .healthy ? configuration.interval : configuration.unhealthyInterval
        let extra = Double(interval.wholeNanoseconds) * max(0, configuration.jitter) * generator.unit()
        due = now.advanced(byNanoseconds: max(1, interval.wholeNanoseconds)).advanced(
            byNanoseconds: Int64(saturating: extra)
        )
    }
}
