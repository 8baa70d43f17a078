// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Decides the number of replicas as Kubernetes' horizontal pod autoscaler does: the most that any metric asks for, held
/// by tolerance, stabilisation and rules.
///
/// A plain value with a memory of its past decisions: give it the metrics and the time, about every 15 seconds.
///
/// Source: Kubernetes, "Horizontal Pod Autoscaling" (autoscaling/v2).
public struct HorizontalScaler: Sendable {
    /// The bounds and rules.
    public struct Configuration: Hashable, Sendable {
        /// The least number of replicas.
        public var minimum: Int
        /// The largest number of replicas.
        public var maximum: Int
        /// Within this distance of 1 a ratio of measured to target changes nothing; 0.1 by default.
        public var tolerance = 0.1
        /// How fast replicas may be added.
        public var scaleOut = ScalingBehaviour.scaleOut
        /// How fast replicas may be taken away.
        public var scaleIn = ScalingBehaviour.scaleIn

        /// Creates Kubernetes' defaults between two bounds.
        ///
        /// - Parameters:
        ///   - minimum: The least number of replicas.
        ///   - maximum: The largest number of replicas.
        public init(minimum: Int = 1, maximum: Int) {
            self.minimum = minimum
            self.maximum = maximum
        }
    }

    /// The bounds and rules.
    public let configuration: Configuration
    private var recommendations: [(at: Timestamp, replicas: Int)] = []
    private var changes: [(at: Timestamp, by: Int)] = []

    /// Creates a scaler.
    ///
    /// - Parameter configuration: The bounds and rules.
    /// - Throws: ``BalancerError`` unless 0 ≤ minimum ≤ maximum, 1 ≤ maximum and 0 ≤ tolerance.
    public init(_ configuration: Configuration) throws(BalancerError) {
        guard 0 <= configuration.minimum, configuration.minimum <= configuration.maximum, configuration.maximum >= 1,
            configuration.tolerance >= 0, configuration.tolerance.isFinite
        else {
            throw BalancerError(
                code: .invalidConfiguration,
                message: "a scaler needs 0 ≤ minimum ≤ maximum, a maximum of 1 and a tolerance of 0 at least"
            )
        }
        self.configuration = configuration
    }

    /// Decides.
    ///
    /// - Parameters:
    ///   - metrics: What was measured. If one is missing the others can scale out but not in.
    ///   - current: How many replicas there are; 0 is left alone, for someone switched the workload off.
    ///   - now: The present time.
    /// - Returns: How many replicas there should be, which the caller is taken to bring about.
    public mutating func decide(_ metrics: [ScalingMetric], current: Int, at now: Timestamp) -> Int {
        guard current > 0 || configuration.minimum == 0 else { return 0 }
        if current > configuration.maximum { return note(configuration.maximum, from: current, at: now) }
        if current < configuration.minimum { return note(configuration.minimum, from: current, at: now) }
        let proposals = metrics.map { $0.proposal(current: current, tolerance: configuration.tolerance) }
        var wanted = proposals.compactMap { $0 }.max() ?? current
        if proposals.contains(nil) { wanted = max(wanted, current) }
        wanted = stabilised(wanted, current: current, at: now)
        wanted = limited(wanted, current: current, at: now)
        return note(min(configuration.maximum, max(configuration.minimum, wanted)), from: current, at: now)
    }

    /// The mildest of the decisions within each direction's window.
    private mutating func stabilised(_ wanted: Int, current: Int, at now: Timestamp) -> Int {
        recommendations.append((now, wanted))
        let longest = max(configuration.scaleOut.stabilisation, configuration.scaleIn.stabilisation)
        recommendations.removeAll { now.elapsed(since: $0.at) > longest }
        func within(_ window: Duration) -> [Int] {
            recommendations.filter { now.elapsed(since: $0.at) < window }.map(\.replicas) + [wanted]
        }
        let least = within(configuration.scaleOut.stabilisation).min() ?? wanted
        let most = within(configuration.scaleIn.stabilisation).max() ?? wanted
        return current < least ? least : current > most ? most : current
    }

    /// The decision, held by the rules of its direction.
    private func limited(_ wanted: Int, current: Int, at now: Timestamp) -> Int {
        guard wanted != current else { return wanted }
        let outward = wanted > current
        let behaviour = outward ? configuration.scaleOut : configuration.scaleIn
        if behaviour.selection == .disabled { return current }
        let bounds = behaviour.rules.map { bound($0, outward: outward, current: current, at: now) }
        guard let least = bounds.min(), let most = bounds.max() else { return wanted }
        if outward {
            return max(current, min(wanted, behaviour.selection == .most ? most : least))
        }
        return min(current, max(wanted, behaviour.selection == .most ? least : most))
    }

    /// How far one rule lets the number go, from what there was when its period began.
    private func bound(_ rule: ScalingBehaviour.Rule, outward: Bool, current: Int, at now: Timestamp) -> Int {
        let recent = changes.filter { now.elapsed(since: $0.at) < rule.period && ($0.by > 0) == outward }
        let start = current - recent.reduce(0) { $0 + $1.by }
        switch rule.amount {
        case .replicas(let count):
            return outward ? start + count : start - count
        case .percent(let percent):
            let changed = Double(start) * (1 + (outward ? percent : -percent) / 100)
            return outward ? Int(saturating: changed) : Int(Int64(saturating: changed))
        }
    }

    private mutating func note(_ wanted: Int, from current: Int, at now: Timestamp) -> Int {
        let rules = configuration.scaleOut.rules + configuration.scaleIn.rules
        let longest = rules.map(\.period).max() ?? .zero
        changes.removeAll { now.elapsed(since: $0.at) >= longest }
        if wanted != current { changes.append((now, wanted - current)) }
        return wanted
    }
}
