// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Compares endpoints by requests in flight.
final class LeastRequestsPicker: PolicyPicker {
    private var chooser: Chooser
    private let bias: Double
    private let decay: Double
    private let avoidsFailures: Bool

    init(policy: LeastRequests, chooser: Chooser) {
        self.chooser = chooser
        bias = policy.bias
        avoidsFailures = policy.avoidsFailures
        decay = Double((policy.latencyDecay ?? .seconds(10)).wholeNanoseconds)
    }

    func pick(_ context: borrowing PickContext) -> Choice {
        let (bias, decay, now) = (bias, decay, context.now)
        if !avoidsFailures, bias == 1 {
            return chooser.least(excluding: context.excluded) { Double($0.load.inFlight + 1) / $0.weight }
        }
        let avoidsFailures = avoidsFailures
        return chooser.least(excluding: context.excluded) { candidate in
            let active = Double(candidate.load.inFlight + 1)
            let score = (bias == 1 ? active : Elementary.pow(active, bias)) / candidate.weight
            return avoidsFailures ? score * candidate.load.latency.attempts(at: now, decay: decay) : score
        }
    }
}
