// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Which hierarchies a container's groups are made in, decided once per runtime.
///
/// Each hierarchy costs a launch about 35 µs (mkdir, open, join, close) and the end of a container 10 to 30 µs, so a
/// container gets only those that do something for it. On a hybrid host a v2 group, though without controllers, counts
/// processor time, freezes, and kills all its processes in one write; it takes the place of v1's `cpuacct` and
/// `freezer` for less than the two cost together, and without the trap that a frozen v1 group keeps killed processes
/// alive.
enum CgroupNeeds {
    /// What limits and accounts each container.
    static let always: [CgroupController] = [.memory, .cpu, .pids]

    /// What v1 needs besides, where no v2 group does the same.
    static let withoutUnified: [CgroupController] = [.freezer, .cpuacct]

    /// What is made only for containers that ask for it.
    static let onDemand: Set<CgroupController> = [
        .cpuset, .devices, .io, .blkio, .hugetlb, .rdma, .misc, .net_cls, .net_prio,
    ]

    /// The files of a v2 group that stand in for v1's freezer and cpuacct: `cgroup.kill` is there from Linux 5.14,
    /// `cgroup.freeze` from 5.2.
    static let unifiedCore = ["cgroup.kill", "cgroup.freeze", "cpu.stat"]
}
