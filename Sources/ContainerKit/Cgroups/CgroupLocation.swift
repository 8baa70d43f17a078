// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Where a container's group is.
package enum CgroupLocation: Hashable, Sendable {
    /// Below the runtime's own group, by the container's name: found and removed when the runtime is dead.
    case runtime(String)

    /// At a path beneath the place that runtimes' groups are in: what a user asked for, or a container that outlives
    /// its runtime. No sweep touches it.
    case path(CgroupPath)
}
