// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

// cgroup v1: Documentation/admin-guide/cgroup-v1/memory.rst and Documentation/scheduler/sched-bwc.rst of the kernel.

extension Resources.Memory {
    /// The writes for v1.
    ///
    /// The kernel refuses any moment at which memory+swap would be below memory, so the pair grows
    /// from above and shrinks from below.
    func legacyWrites(replacing current: Resources.Memory) -> [CgroupWrite] {
        let limitWrite = limit.map { CgroupWrite(.memory, "memory.limit_in_bytes", $0.legacyText) }
        let swapWrite = swap.map { CgroupWrite(.memory, "memory.memsw.limit_in_bytes", $0.legacyText) }
        let grows = (swap ?? .unlimited).ceiling > (current.swap ?? .unlimited).ceiling
        var writes = (grows ? [swapWrite, limitWrite] : [limitWrite, swapWrite]).compactMap { $0 }
        if let reservation {
            writes.append(CgroupWrite(.memory, "memory.soft_limit_in_bytes", reservation.legacyText))
        }
        if let swappiness {
            writes.append(CgroupWrite(.memory, "memory.swappiness", String(swappiness)))
        }
        if let oomKillDisabled {
            writes.append(CgroupWrite(.memory, "memory.oom_control", oomKillDisabled ? "1" : "0"))
        }
        return writes
    }
}

extension Resources.CPU {
    /// The writes for v1.
    ///
    /// Shares can only be set on a group that is not idle, and a burst must never exceed the quota
    /// in force at that moment.
    func legacyWrites(replacing current: Resources.CPU) -> [CgroupWrite] {
        let bandwidth = [
            period.map { CgroupWrite(.cpu, "cpu.cfs_period_us", String($0)) },
            quota.map { CgroupWrite(.cpu, "cpu.cfs_quota_us", $0.legacyText) },
        ]
        let burstWrite = [burst.map { CgroupWrite(.cpu, "cpu.cfs_burst_us", String($0)) }]
        let realtime = [
            realtimePeriod.map { CgroupWrite(.cpu, "cpu.rt_period_us", String($0)) },
            realtimeRuntime.map { CgroupWrite(.cpu, "cpu.rt_runtime_us", String($0)) },
        ]
        return realtime.compactMap { $0 }
            + ordered(
                weight: [
                    idle.map { CgroupWrite(.cpu, "cpu.idle", $0 ? "1" : "0") },
                    shares.map { CgroupWrite(.cpu, "cpu.shares", String($0)) },
                ],
                bandwidth: bandwidth,
                burst: burstWrite,
                replacing: current
            )
    }

    func ordered(
        weight: [CgroupWrite?],
        bandwidth: [CgroupWrite?],
        burst: [CgroupWrite?],
        replacing current: Resources.CPU
    ) -> [CgroupWrite] {
        let shrinks = (self.burst ?? 0) < (current.burst ?? 0)
        return (weight + (shrinks ? burst + bandwidth : bandwidth + burst)).compactMap { $0 }
    }
}
