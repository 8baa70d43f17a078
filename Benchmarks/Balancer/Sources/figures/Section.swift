// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A part of the page that is made by itself.
struct Section: Sendable {
    let name: String
    let make: @Sendable (Page) async throws -> Void

    static let all = [
        Section(name: "sizes", make: sizes),
        Section(name: "slow-replicas", make: slowReplicas),
        Section(name: "loads", make: loads),
        Section(name: "reports", make: reports),
        Section(name: "balancers", make: balancers),
        Section(name: "newcomers", make: newcomers),
        Section(name: "quotas", make: quotas),
        Section(name: "testbed", make: testbed),
        Section(name: "fleet", make: fleet),
        Section(name: "mixed-fleet", make: mixedFleet),
        Section(name: "probes", make: probes),
        Section(name: "placement", make: placement),
        Section(name: "faults", make: faults),
        Section(name: "scaling", make: scaling),
        Section(name: "speed", make: speed),
    ]
}
