// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The endpoint with the least expected latency: a moving average that jumps to peaks, times requests in flight.
///
/// The score is cost · (n + 1) · a / w with the decayed `LatencyEstimate` cost, n requests in flight, a attempts per
/// success and weight w. An endpoint that was never measured scores 0 while idle, so that it is tried, and worse than
/// all others while its first requests are out, so that it is not flooded.
///
/// Source: Finagle `PeakEwma`, whose decay of 10 seconds is the default here.
public struct PeakEWMA: Policy {
    /// How fast a measured latency is forgotten: after this time it counts 1/e.
    public var decay: Duration
    /// How many endpoints are compared for each pick.
    public var choices: ChoiceCount

    /// Creates the policy.
    ///
    /// - Parameters:
    ///   - decay: How fast a measured latency is forgotten.
    ///   - choices: How many endpoints are compared for each pick.
    public init(decay: Duration = .seconds(10), choices: ChoiceCount = .two) {
        self.decay = max(.nanoseconds(1), decay)
        self.choices = choices
    }

    /// The decay.
    public var latencyDecay: Duration? { decay }

    /// Prepares for a new set of endpoints.
    public func plan(for snapshot: Snapshot, replacing previous: (any PolicyPlan)?) -> any PolicyPlan {
        PeakEWMAPlan(policy: self, candidates: snapshot.candidates)
    }
}

extension Policy where Self == PeakEWMA {
    /// The better of two random endpoints by expected latency.
    public static var peakEWMA: PeakEWMA { PeakEWMA() }
}

/// The endpoints to compare.
struct PeakEWMAPlan: PolicyPlan {
    let policy: PeakEWMA
    let candidates: FlatTable<Candidate>

    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker {
        PeakEWMAPicker(plan: self, seed: seed)
    }
}
