// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a balancer shows to its pickers: a plan and the endpoints by slot, all of one moment.
struct Published<Address: Sendable>: Sendable {
    let version: Int
    let snapshot: Snapshot
    let plan: any PolicyPlan
    let targets: TargetTable<Address>
    /// What to answer if there is nothing to pick.
    let emptyReason: Refusal
}
