// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import Testing

@Suite("Limits become writes in an order the kernel accepts")
struct ResourcesWritesTests {
    private func legacy(_ new: Resources, _ old: Resources = Resources()) throws -> [String] {
        try new.writes(replacing: old, on: { _ in .v1 }).map { "\($0.file)=\($0.value)" }
    }

    private func unified(_ new: Resources, _ old: Resources = Resources()) throws -> [String] {
        try new.writes(replacing: old, on: { _ in .v2 }).map { "\($0.file)=\($0.value)" }
    }

    private func memory(_ limit: Int64?, _ swap: Int64?) -> Resources {
        Resources(
            memory: .init(limit: limit.map { .mebibytes($0) }, swap: swap.map { .mebibytes($0) })
        )
    }

    @Test("what is not set is not written")
    func nothing() throws {
        #expect(try legacy(Resources()) == [])
        #expect(try unified(Resources()) == [])
    }

    @Test("v1 gets every limit in its own file")
    func everyLegacyFile() throws {
        let resources = Resources(
            memory: .init(
                limit: .mebibytes(1),
                reservation: .unlimited,
                swap: .mebibytes(2),
                swappiness: 5,
                oomKillDisabled: true
            ),
            cpu: .init(shares: 512, quota: 50_000, period: 100_000, burst: 10, idle: false, cpus: "0-1", mems: "0"),
            pids: .init(limit: .unlimited)
        )
        #expect(
            try legacy(resources) == [
                "memory.limit_in_bytes=1048576", "memory.memsw.limit_in_bytes=2097152",
                "memory.soft_limit_in_bytes=-1", "memory.swappiness=5", "memory.oom_control=1",
                "cpu.idle=0", "cpu.shares=512",
                "cpu.cfs_period_us=100000", "cpu.cfs_quota_us=50000", "cpu.cfs_burst_us=10",
                "cpuset.cpus=0-1", "cpuset.mems=0", "pids.max=max",
            ]
        )
    }

    @Test("time for real-time policies is v1's alone, the period first")
    func realtime() throws {
        let resources = Resources(cpu: .init(realtimeRuntime: 950, realtimePeriod: 10_000))
        #expect(try legacy(resources) == ["cpu.rt_period_us=10000", "cpu.rt_runtime_us=950"])
        #expect(throws: ContainerError.self) { try unified(resources) }
    }

    @Test("v2 gets swap apart from memory, a weight for shares, and quota and period in one file")
    func everyUnifiedFile() throws {
        let resources = Resources(
            memory: .init(limit: .mebibytes(1), reservation: 4096, swap: .mebibytes(3)),
            cpu: .init(shares: 1024, quota: 50_000, period: 20_000, burst: 10, cpus: "0-1", mems: "0"),
            pids: .init(limit: 7)
        )
        #expect(
            try unified(resources) == [
                "memory.max=1048576", "memory.swap.max=2097152", "memory.low=4096",
                "cpu.weight=100", "cpu.max=50000 20000", "cpu.max.burst=10",
                "cpuset.cpus=0-1", "cpuset.mems=0", "pids.max=7",
            ]
        )
    }

    @Test("a v1 limit pair grows from above and shrinks from below")
    func legacyMemoryOrder() throws {
        #expect(
            try legacy(memory(128, 256), memory(32, 64)).map { $0.hasPrefix("memory.memsw") } == [true, false]
        )
        #expect(
            try legacy(memory(8, 16), memory(32, 64)).map { $0.hasPrefix("memory.memsw") } == [false, true]
        )
        #expect(try legacy(memory(32, 64)).map { $0.hasPrefix("memory.memsw") } == [false, true])
    }

    @Test("raising a limit above the swap limit in force is refused before anything is written")
    func limitAboveSwap() throws {
        #expect(throws: ContainerError.self) { try legacy(memory(128, nil), memory(32, 64)) }
    }

    @Test("on v2 a new memory limit alone keeps the total of memory and swap")
    func unifiedKeepsTotal() throws {
        #expect(try unified(memory(48, nil), memory(32, 64)) == ["memory.max=50331648", "memory.swap.max=16777216"])
        #expect(try unified(memory(64, nil), memory(32, 64)).last == "memory.swap.max=0")
        #expect(try unified(Resources(memory: .init(swap: .unlimited)), memory(32, 64)) == ["memory.swap.max=max"])
    }

    @Test("on v2 a new period keeps the quota, and a new quota the period")
    func unifiedKeepsBandwidth() throws {
        let old = Resources(cpu: .init(quota: 5_000, period: 10_000))
        #expect(try unified(Resources(cpu: .init(period: 20_000)), old) == ["cpu.max=5000 20000"])
        #expect(try unified(Resources(cpu: .init(quota: .unlimited)), old) == ["cpu.max=max 10000"])
        #expect(try unified(Resources(cpu: .init(quota: 2_000))) == ["cpu.max=2000"])
    }

    @Test("a burst shrinks before the quota and grows after it")
    func burstOrder() throws {
        let old = Resources(cpu: .init(quota: 50_000, burst: 40_000))
        let shrink = Resources(cpu: .init(quota: 10_000, burst: 5_000))
        #expect(try legacy(shrink, old) == ["cpu.cfs_burst_us=5000", "cpu.cfs_quota_us=10000"])
        let grow = Resources(cpu: .init(quota: 90_000, burst: 80_000))
        #expect(try unified(grow, old) == ["cpu.max=90000", "cpu.max.burst=80000"])
    }

    @Test("a group may become idle although it had shares, and get shares again")
    func idle() throws {
        let old = Resources(cpu: .init(shares: 512))
        #expect(try legacy(Resources(cpu: .init(idle: true)), old) == ["cpu.idle=1"])
        let idle = Resources(cpu: .init(idle: true))
        #expect(try legacy(Resources(cpu: .init(shares: 512, idle: false)), idle) == ["cpu.idle=0", "cpu.shares=512"])
        #expect(throws: ContainerError.self) { try legacy(Resources(cpu: .init(shares: 512)), idle) }
    }

    @Test("what only v1 has is unsupported on v2, not ignored")
    func legacyOnly() throws {
        for memory in [Resources.Memory(swappiness: 1), Resources.Memory(oomKillDisabled: true)] {
            let error = try #require(throws: ContainerError.self) { try unified(Resources(memory: memory)) }
            #expect(error.code == .unsupported)
        }
        #expect(try unified(Resources(memory: .init(oomKillDisabled: false))) == [])
    }

    // The first three pairs are the fixed points of the curve, the last ones computed from its definition elsewhere.
    @Test(
        "shares become the weight that runc and crun compute",
        arguments: [
            (2, 1), (1024, 100), (262_144, 10_000), (0, 1), (300_000, 10_000), (512, 59), (2000, 170), (10_240, 639),
        ]
    )
    func weight(shares: UInt64, weight: UInt64) {
        #expect(Resources.CPU.weight(fromShares: shares) == weight)
    }

    @Test("the weight never falls when shares rise, and is never out of range")
    func weightIsMonotonic() {
        var last: UInt64 = 0
        for shares in stride(from: UInt64(2), through: 262_144, by: 7) {
            let weight = Resources.CPU.weight(fromShares: shares)
            #expect(weight >= last && (1...10_000).contains(weight))
            last = weight
        }
    }
}
