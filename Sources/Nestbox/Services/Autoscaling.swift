// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Lets a service have as many containers as its load asks for.
public struct Autoscaling: Sendable, Hashable, Codable {
    /// What the load is measured by.
    public struct Metric: RawRepresentable, Sendable, Hashable, Codable {
        /// The name, as the command line has it.
        public let rawValue: String

        /// Takes a name.
        ///
        /// It is `nil` for one that there is not.
        ///
        /// - Parameter rawValue: `cpu`, `concurrency` or `reported`.
        public init?(rawValue: String) {
            guard ["cpu", "concurrency", "reported"].contains(rawValue) else { return nil }
            self.rawValue = rawValue
        }

        private init(_ name: String) {
            rawValue = name
        }

        /// The share of the processor time that a container may use, 0 to 1, as its control groups count it.
        public static let cpu = Metric("cpu")
        /// How many clients a container has at one time.
        public static let concurrency = Metric("concurrency")
        /// What ``ReplicaSet/report(_:of:)`` was told last, or else what a container's answers have reported by ORCA (0
        /// to 1), if the service speaks HTTP.
        public static let reported = Metric("reported")
    }

    /// The fewest containers; with 0 the last one ends when nobody has asked for a while, and who asks then waits until
    /// one has been started.
    public var minimum: Int
    /// The most containers.
    public var maximum: Int
    /// What the load is measured by.
    public var metric: Metric
    /// How much of it one container is to have.
    public var target: Double
    /// For how many seconds less must have been wanted before containers are ended.
    public var scaleInDelay: Int

    /// Creates a description.
    ///
    /// - Parameters:
    ///   - minimum: The fewest containers.
    ///   - maximum: The most containers.
    ///   - metric: What the load is measured by.
    ///   - target: How much of it one container is to have; 10 clients or 0.6 of anything else where `nil`.
    ///   - scaleInDelay: For how many seconds less must have been wanted before containers are ended.
    public init(
        minimum: Int = 1,
        maximum: Int,
        metric: Metric = .cpu,
        target: Double? = nil,
        scaleInDelay: Int = 60
    ) {
        self.minimum = minimum
        self.maximum = maximum
        self.metric = metric
        self.target = target ?? (metric == .concurrency ? 10 : 0.6)
        self.scaleInDelay = scaleInDelay
    }

    func validate() throws(NestboxError) {
        let problem: String? =
            if minimum < 0 {
                "the minimum, \(minimum), is negative"
            } else if !(1...1000).contains(maximum) {
                "the maximum, \(maximum), is not from 1 to 1000"
            } else if minimum > maximum {
                "the minimum, \(minimum), is above the maximum, \(maximum)"
            } else if !target.isFinite || target <= 0 {
                "the target, \(target), is not above 0"
            } else if scaleInDelay < 0 {
                "the delay of \(scaleInDelay) s is negative"
            } else {
                nil
            }
        if let problem { throw NestboxError(.invalidSpecification, "the replicas can't follow the load: \(problem)") }
    }
}
