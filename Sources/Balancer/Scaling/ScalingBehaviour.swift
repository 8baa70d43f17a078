// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How fast the number of replicas may change in one direction.
///
/// Source: Kubernetes, `HPAScalingRules`.
public struct ScalingBehaviour: Hashable, Sendable {
    /// A bound on the change within a period.
    public struct Rule: Hashable, Sendable {
        enum Amount: Hashable, Sendable {
            case replicas(Int)
            case percent(Double)
        }

        let amount: Amount
        let period: Duration

        /// So many replicas in a period.
        ///
        /// - Parameters:
        ///   - count: How many.
        ///   - period: In which time.
        /// - Returns: The rule.
        public static func replicas(_ count: Int, per period: Duration) -> Rule {
            Rule(amount: .replicas(max(0, count)), period: period)
        }

        /// So many percent of the replicas that there were when the period began.
        ///
        /// - Parameters:
        ///   - percent: How many.
        ///   - period: In which time.
        /// - Returns: The rule.
        public static func percent(_ percent: Double, per period: Duration) -> Rule {
            Rule(amount: .percent(percent.isFinite ? max(0, percent) : 0), period: period)
        }
    }

    /// Which of several rules counts.
    public enum Selection: Hashable, Sendable {
        /// The one that allows the most change.
        case most
        /// The one that allows the least change.
        case least
        /// None: no change in this direction.
        case disabled
    }

    /// The bounds on the change; any change if empty.
    public var rules: [Rule]
    /// Which of several rules counts.
    public var selection: Selection
    /// The change follows the mildest of all decisions within this time.
    public var stabilisation: Duration

    /// Creates a behaviour.
    ///
    /// - Parameters:
    ///   - rules: The bounds on the change.
    ///   - selection: Which of several rules counts.
    ///   - stabilisation: The change follows the mildest of all decisions within this time.
    public init(rules: [Rule], selection: Selection = .most, stabilisation: Duration) {
        self.rules = rules
        self.selection = selection
        self.stabilisation = max(.zero, stabilisation)
    }

    /// Kubernetes' default for scaling out: at most doubling or four more in 15 seconds, at once.
    public static let scaleOut = ScalingBehaviour(
        rules: [.percent(100, per: .seconds(15)), .replicas(4, per: .seconds(15))],
        stabilisation: .zero
    )

    /// Kubernetes' default for scaling in: to any number, but not below the most that was asked for in 5 minutes.
    public static let scaleIn = ScalingBehaviour(
        rules: [.percent(100, per: .seconds(15))],
        stabilisation: .seconds(300)
    )
}
