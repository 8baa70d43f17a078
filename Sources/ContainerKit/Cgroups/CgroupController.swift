// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A controller that containers are put under.
///
/// On v2 accounting and freezing belong to every group, so `cpuacct` and `freezer` exist only on v1.
package enum CgroupController: String, CaseIterable, Sendable {
    case memory
    case cpu
    case cpuacct
    case pids
    case freezer
    case cpuset
    case devices
    case io
    case blkio
    case hugetlb
    case rdma
    case misc
    case net_cls
    case net_prio
}

/// The two generations of the kernel's interface.
package enum CgroupVersion: Sendable {
    case v1
    case v2
}
