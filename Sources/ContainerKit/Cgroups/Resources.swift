// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The limits of a container, as the kernel's control groups enforce them.
///
/// Names and units are those of `linux.resources` in the OCI runtime specification; what is `nil` is left as the kernel
/// has it. The same values serve cgroup v1, v2 and hybrid hosts, and ``validate()`` refuses what no kernel accepts before
/// anything is created.
///
/// ```swift
/// let resources = Resources(
///     memory: .init(limit: .mebibytes(64)),
///     cpu: try .cpus(1.5),
///     pids: .init(limit: 100)
/// )
/// ```
public struct Resources: Sendable, Hashable {
    /// Limits on memory.
    public var memory: Memory

    /// Limits on processor time and placement.
    public var cpu: CPU

    /// Limits on the number of processes.
    public var pids: Pids

    /// Creates a set of limits; by default nothing is limited.
    ///
    /// - Parameters:
    ///   - memory: Limits on memory.
    ///   - cpu: Limits on processor time and placement.
    ///   - pids: Limits on the number of processes.
    public init(memory: Memory = Memory(), cpu: CPU = CPU(), pids: Pids = Pids()) {
        self.memory = memory
        self.cpu = cpu
        self.pids = pids
    }

    /// These limits with every value that `newer` sets put in place of the own one.
    package func merging(_ newer: Resources) -> Resources {
        Resources(
            memory: memory.merging(newer.memory),
            cpu: cpu.merging(newer.cpu),
            pids: Pids(limit: newer.pids.limit ?? pids.limit)
        )
    }
}
