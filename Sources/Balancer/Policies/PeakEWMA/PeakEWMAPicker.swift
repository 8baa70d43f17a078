// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Compares endpoints by expected latency.
final class PeakEWMAPicker: PolicyPicker {
    /// What an endpoint without any measurement costs while requests are out: more than any real latency.
    static let penalty = Double(Int64.max >> 16)

    private var chooser: Chooser
    private let decay: Double

    init(decay: Double, chooser: Chooser) {
        self.decay = decay
        self.chooser = chooser
    }

    func pick(_ context: borrowing PickContext) -> Choice {
        let (decay, now) = (decay, context.now)
        return chooser.least(excluding: context.excluded) { candidate in
            Self.score(candidate.load.latency, inFlight: candidate.load.inFlight, at: now, decay: decay)
                / candidate.weight
        }
    }

    @inline(__always)
    static func score(_ estimate: LatencyEstimate, inFlight: Int, at now: Timestamp, decay: Double) -> Double {
        let cost = estimate.cost(at: now, decay: decay)
        if cost == 0 {
            return inFlight == 0 ? 0 : penalty + Double(inFlight)
        }
        return cost * Double(inFlight + 1) * estimate.attempts(at: now, decay: decay)
    }
}
