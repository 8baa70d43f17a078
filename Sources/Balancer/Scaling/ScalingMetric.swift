// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// One measure by which the number of replicas is decided.
public struct ScalingMetric: Sendable {
    /// What one replica contributes.
    public struct Sample: Hashable, Sendable {
        /// The measured value; nil if it is missing.
        public var value: Double?
        /// Whether the replica takes requests; one that just starts does not.
        public var isReady: Bool

        /// Creates a sample.
        ///
        /// - Parameters:
        ///   - value: The measured value; nil, NaN, infinite or negative is missing.
        ///   - isReady: Whether the replica takes requests.
        public init(_ value: Double?, isReady: Bool = true) {
            self.value = value.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
            self.isReady = isReady
        }
    }

    enum Kind: Sendable {
        case perReplica([Sample], missing: Double)
        case total(Double?)
        case value(Double?)
    }

    let kind: Kind
    /// What the metric should come to.
    let target: Double

    /// A measure of each replica, such as its CPU utilisation or requests in flight, whose mean should be the target.
    ///
    /// "Near capacity" is a utilisation target below 1, such as 0.7.
    ///
    /// - Parameters:
    ///   - samples: One for each replica.
    ///   - target: The mean to aim at.
    ///   - missing: What a replica without a value is taken to use when scaling in; the target if not stated. Kubernetes
    ///     takes 1 (all that was requested) for resources.
    /// - Returns: The metric.
    public static func perReplica(_ samples: [Sample], target: Double, missing: Double? = nil) -> ScalingMetric {
        ScalingMetric(kind: .perReplica(samples, missing: missing ?? target), target: target)
    }

    /// A measure of the whole, such as requests per second, of which each replica should have its part.
    ///
    /// - Parameters:
    ///   - value: The measured total; nil if it is missing.
    ///   - target: The part for each replica.
    /// - Returns: The metric.
    public static func total(_ value: Double?, targetPerReplica target: Double) -> ScalingMetric {
        ScalingMetric(kind: .total(value), target: target)
    }

    /// A measure that falls as replicas are added, such as the age of the oldest queued job.
    ///
    /// - Parameters:
    ///   - value: The measured value; nil if it is missing.
    ///   - target: The value to aim at.
    /// - Returns: The metric.
    public static func value(_ value: Double?, target: Double) -> ScalingMetric {
        ScalingMetric(kind: .value(value), target: target)
    }

    /// The number of replicas that the metric asks for, or nil if nothing was measured.
    func proposal(current: Int, tolerance: Double) -> Int? {
        guard target > 0, target.isFinite else { return nil }
        switch kind {
        case .perReplica(let samples, let missing):
            return ReplicaProposal(samples: samples, target: target, missing: missing)
                .replicas(current: current, tolerance: tolerance)
        case .total(let value):
            guard let value, value.isFinite, value >= 0 else { return nil }
            let ratio = value / (target * Double(max(1, current)))
            return abs(1 - ratio) <= tolerance ? current : Int(saturating: value / target)
        case .value(let value):
            guard let value, value.isFinite, value >= 0 else { return nil }
            let ratio = value / target
            return abs(1 - ratio) <= tolerance ? current : Int(saturating: ratio * Double(max(1, current)))
        }
    }
}

extension Int {
    /// The next whole number above, which small excesses of rounding do not raise; held to a range no fleet leaves.
    init(saturating value: Double) {
        self = Int(Int64(saturating: Swift.min(1e9, (value - 1e-9).rounded(.up))))
    }
}
