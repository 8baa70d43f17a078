// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The endpoint whose last report shows the least utilisation, and nothing else.
///
/// Here for comparison: between two reports every request goes to one endpoint, which floods it. With reports a second
/// old this is far worse than round robin. Use ``LeastUtilised``.
public struct LowestReported: Policy {
    /// How many endpoints are compared for each pick.
    public var choices: ChoiceCount

    /// Creates the policy.
    ///
    /// - Parameter choices: How many endpoints are compared for each pick.
    public init(choices: ChoiceCount = .all) {
        self.choices = choices
    }

    /// Prepares for a new set of endpoints.
    public func plan(for snapshot: Snapshot, replacing previous: (any PolicyPlan)?) -> any PolicyPlan {
        LowestReportedPlan(choices: choices, snapshot: snapshot)
    }
}

extension Policy where Self == LowestReported {
    /// The endpoint whose last report shows the least utilisation.
    public static var lowestReported: LowestReported { LowestReported() }
}

/// The endpoints to compare.
struct LowestReportedPlan: PolicyPlan {
    let choices: ChoiceCount
    let snapshot: Snapshot

    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker {
        LowestReportedPicker(
            expiry: snapshot.reportExpiry,
            chooser: Chooser(snapshot: snapshot, choices: choices, seed: seed)
        )
    }
}

/// Compares endpoints by the utilisation that they reported; one without a fresh report counts as idle.
final class LowestReportedPicker: PolicyPicker {
    private var chooser: Chooser
    private let expiry: Int64

    init(expiry: Int64, chooser: Chooser) {
        self.expiry = expiry
        self.chooser = chooser
    }

    func pick(_ context: borrowing PickContext) -> Choice {
        let (expiry, now) = (expiry, context.now)
        return chooser.least(excluding: context.excluded) { candidate in
            let report = candidate.load.report
            return report.isFresh(at: now, expiry: expiry) ? report.utilisation : 0
        }
    }
}
