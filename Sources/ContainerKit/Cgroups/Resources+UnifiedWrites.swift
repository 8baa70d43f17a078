// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

// cgroup v2: Documentation/admin-guide/cgroup-v2.rst of the kernel.

extension Resources.Memory {
    /// The writes for v2, where swap has a limit of its own instead of one for memory and swap together.
    func unifiedWrites(merged: Resources.Memory) throws(ContainerError) -> [CgroupWrite] {
        if swappiness != nil { throw Self.unsupported("memory swappiness") }
        if oomKillDisabled == true { throw Self.unsupported("disabling the OOM killer") }
        var writes: [CgroupWrite] = []
        if let limit {
            writes.append(CgroupWrite(.memory, "memory.max", limit.unifiedText))
        }
        if limit != nil || swap != nil, let total = merged.swap {
            let swapOnly = total.value.map { $0 - (merged.limit?.value ?? 0) }
            writes.append(CgroupWrite(.memory, "memory.swap.max", swapOnly.map(String.init) ?? "max"))
        }
        if let reservation {
            writes.append(CgroupWrite(.memory, "memory.low", reservation.unifiedText))
        }
        return writes
    }

    private static func unsupported(_ what: String) -> ContainerError {
        ContainerError(
            .unsupported,
            "\(what) by group exists only with cgroup v1; this machine has memory on cgroup v2"
        )
    }
}

extension Resources.CPU {
    /// The writes for v2.
    ///
    /// `cpu.max` holds quota and period together, so one that stays is repeated.
    func unifiedWrites(replacing current: Resources.CPU) -> [CgroupWrite] {
        let merged = current.merging(self)
        var bandwidth: [CgroupWrite?] = []
        if quota != nil || period != nil {
            let quotaText = (merged.quota ?? .unlimited).unifiedText
            let value = merged.period.map { "\(quotaText) \($0)" } ?? quotaText
            bandwidth.append(CgroupWrite(.cpu, "cpu.max", value))
        }
        return ordered(
            weight: [
                idle.map { CgroupWrite(.cpu, "cpu.idle", $0 ? "1" : "0") },
                shares.map { CgroupWrite(.cpu, "cpu.weight", String(Self.weight(fromShares: $0))) },
            ],
            bandwidth: bandwidth,
            burst: [burst.map { CgroupWrite(.cpu, "cpu.max.burst", String($0)) }],
            replacing: current
        )
    }

    /// The v2 weight for v1 shares: the curve through (2, 1), (1024, 100) and (262144, 10000) that runc (from 1.3.2)
    /// and crun (from 1.23) use, so that the defaults of both versions meet.
    ///
    /// With `l = log2(shares)` it is `ceil(10 ^ ((l² + 125 l) / 612 − 7/34))`; see opencontainers/cgroups pull request
    /// 20 and containers/crun pull request 1767.
    package static func weight(fromShares shares: UInt64) -> UInt64 {
        guard shares > 2 else { return 1 }
        guard shares < 262_144 else { return 10_000 }
        let l = log2(Double(shares))
        return UInt64(pow(10, (l * l + 125 * l) / 612 - 7.0 / 34).rounded(.up))
    }
}
