// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A few endpoints for each of many balancers, chosen so that all endpoints get equal load and no two balancers need to
/// talk.
///
/// Balancers and endpoints lie evenly around a ring. Balancer i of n begins at i / n and reaches as many whole balancer
/// widths 1 / n as it takes to cover at least `minimum` endpoints; so every point of the ring is covered equally often.
/// An endpoint that is covered in part is weighted by that part, so the policy underneath must heed weights.
///
/// Source: Finagle, "Deterministic Aperture" (Twitter, 2019).
public struct DeterministicAperture: PolicyWrapper {
    /// Chooses within the aperture, by weight.
    public let policy: any Policy
    /// The number of this balancer among all, from 0.
    public let index: Int
    /// How many balancers there are.
    public let count: Int
    /// The least number of endpoints to use; Finagle's default is 12.
    public let minimum: Int

    /// Creates the policy.
    ///
    /// - Parameters:
    ///   - policy: Chooses within the aperture, by weight.
    ///   - index: The number of this balancer among all, from 0.
    ///   - count: How many balancers there are.
    ///   - minimum: The least number of endpoints to use.
    /// - Throws: ``BalancerError`` unless 0 ≤ index < count and the minimum is at least 1.
    public init(
        _ policy: any Policy = LeastRequests(),
        index: Int,
        count: Int,
        minimum: Int = 12
    ) throws(BalancerError) {
        guard index >= 0, index < count, minimum >= 1 else {
            throw BalancerError(
                code: .invalidConfiguration,
                message: "an aperture needs 0 ≤ index < count and a minimum of 1, not \(index), \(count) and \(minimum)"
            )
        }
        self.policy = policy
        self.index = index
        self.count = count
        self.minimum = minimum
    }

    /// Prepares for a new set of endpoints.
    public func plan(for snapshot: Snapshot, replacing previous: (any PolicyPlan)?) -> any PolicyPlan {
        let members = coverage(of: snapshot.count).map { position, part in
            var member = snapshot.members[position]
            member.weight *= part
            return member
        }
        return policy.plan(for: snapshot.with(members), replacing: previous)
    }

    /// The endpoints in reach by position, with the part of each that is covered.
    func coverage(of endpoints: Int) -> [(position: Int, part: Double)] {
        guard endpoints > 0 else { return [] }
        let unit = 1 / Double(count)
        let wanted = Double(minimum) / Double(endpoints)
        let width = min(1, (wanted / unit).rounded(.up) * unit) * Double(endpoints)
        let start = Double(index) * unit * Double(endpoints)
        guard width < Double(endpoints) - 1e-9 else { return (0..<endpoints).map { ($0, 1) } }
        var covered: [(position: Int, part: Double)] = []
        var position = Int(start)
        while Double(position) < start + width - 1e-9 {
            let part = min(Double(position + 1), start + width) - max(Double(position), start)
            covered.append((position % endpoints, part))
            position += 1
        }
        return merged(covered)
    }

    /// An aperture that nearly closes the ring meets its first endpoint again at its end.
    private func merged(_ covered: [(position: Int, part: Double)]) -> [(position: Int, part: Double)] {
        guard covered.count > 1, let first = covered.first, let last = covered.last, first.position == last.position
        else { return covered }
        var whole = covered
        whole.removeLast()
        whole[0].part = min(1, first.part + last.part)
        return whole
    }
}
