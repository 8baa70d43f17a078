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
        LowestReportedPlan(
            choices: choices,
            candidates: snapshot.candidates,
            expiry: snapshot.reportExpiry
        )
    }
}

extension Policy where Self == LowestReported {
    /// The endpoint whose last report shows the least utilisation.
    public static var lowestReported: LowestReported { LowestReported() }
}

/// The endpoints to compare.
struct LowestReportedPlan: PolicyPlan {
    let choices: ChoiceCount
    let candidates: FlatTable<Candidate>
    let expiry: Int64

    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker {
        LowestReportedPicker(plan: self, seed: seed)
    }
}

/// Compares endpoints by the utilisation that they reported; one without a fresh report counts as idle.
final class LowestReportedPicker: PolicyPicker {
    private let candidates: FlatTable<Candidate>
    private let chooser: OwnLines<Chooser>
    private let expiry: Int64

    init(plan: LowestReportedPlan, seed: UInt64) {
        candidates = plan.candidates
        chooser = OwnLines(Chooser(plan.candidates, choices: plan.choices, seed: seed))
        expiry = plan.expiry
    }

    func pick(_ context: borrowing PickContext) -> Choice {
        let (expiry, now) = (expiry, context.now)
        return chooser.pointer.pointee.least(excluding: context.excluded) { candidate in
            let report = candidate.load.report
            return report.isFresh(at: now, expiry: expiry) ? report.utilisation : 0
        }
    }
}
