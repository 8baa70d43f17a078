// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The endpoints of one level, by health.
struct PriorityLevel {
    let members: [Member]
    let healthy: [Member]
    let degraded: [Member]

    init(members: [Member]) {
        self.members = members
        healthy = members.filter { !$0.isImpaired && $0.health == .healthy }
        degraded = members.filter { !$0.isImpaired && $0.health == .degraded }
    }

    var healthyShare: Double { Double(healthy.count) / Double(max(1, members.count)) }

    /// The percentage of requests that some of the level's endpoints can take.
    func capacity(of some: [Member], overprovisioning: Double) -> Int {
        members.isEmpty ? 0 : min(100, Int(overprovisioning * 100 * Double(some.count) / Double(members.count)))
    }
}
