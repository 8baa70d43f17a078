// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import Testing

@Suite("Resources are checked before anything is created")
struct ResourcesValidationTests {
    @Test(
        "a value that no kernel takes is refused by name",
        arguments: [
            (Resources(memory: .init(limit: .kibibytes(511))), "memory limit of 523264 bytes is below the least"),
            (Resources(memory: .init(limit: -2)), "memory limit of -2 bytes is below"),
            (Resources(memory: .init(limit: 0)), "memory limit of 0 bytes is below"),
            (Resources(memory: .init(limit: .mebibytes(64), swap: .mebibytes(63))), "can't be below the memory limit"),
            (Resources(memory: .init(limit: .unlimited, swap: .mebibytes(63))), "can't be below the memory limit"),
            (Resources(memory: .init(swap: .mebibytes(63))), "needs a memory limit too"),
            (Resources(memory: .init(limit: .mebibytes(1), reservation: .mebibytes(2))), "is above the memory limit"),
            (Resources(memory: .init(reservation: -7)), "memory reservation of -7"),
            (Resources(memory: .init(swappiness: 101)), "swappiness of 101 is above the most"),
            (Resources(cpu: .init(shares: 1)), "CPU shares of 1 is below"),
            (Resources(cpu: .init(shares: 262_145)), "CPU shares of 262145 is above"),
            (Resources(cpu: .init(shares: .max)), "is above the most"),
            (Resources(cpu: .init(quota: 999)), "CPU quota of 999 µs is below the least that works, 1000 µs"),
            (Resources(cpu: .init(quota: -5)), "CPU quota of -5"),
            (Resources(cpu: .init(period: 999)), "CPU period of 999 µs is below"),
            (Resources(cpu: .init(period: 1_000_001)), "CPU period of 1000001 µs is above"),
            (Resources(cpu: .init(quota: 5_000, burst: 5_001)), "burst of 5001 µs is above the quota"),
            (Resources(cpu: .init(shares: 512, idle: true)), "idle group has no CPU shares"),
            (Resources(pids: .init(limit: 0)), "pids limit of 0 is below the least that works, 1"),
        ]
    )
    func refused(resources: Resources, message: String) throws {
        let error = try #require(throws: ContainerError.self) { try resources.validate() }
        #expect(error.code == .invalidConfiguration)
        #expect(error.message.contains(message), "\(error.message)")
    }

    @Test(
        "a malformed CPU list is refused",
        arguments: [
            "", ",", "0,", "a", "-1", "1-", "3-1", "0-1-2", "0 1", "0-8192", "99999999999999999999", "0x1", "١",
        ]
    )
    func malformedList(list: String) throws {
        let error = try #require(throws: ContainerError.self) { try Resources(cpu: .init(cpus: list)).validate() }
        #expect(error.code == .invalidConfiguration)
        #expect(error.message.contains("'\(list)' is malformed"))
        #expect(throws: ContainerError.self) { try Resources(cpu: .init(mems: list)).validate() }
    }

    @Test(
        "the least and the most that kernels take are accepted",
        arguments: [
            Resources(),
            Resources(memory: .init(limit: .kibibytes(512), swap: .kibibytes(512), swappiness: 0)),
            Resources(memory: .init(limit: .unlimited, reservation: .unlimited, swap: .unlimited, swappiness: 100)),
            Resources(memory: .init(limit: .gibibytes(1), swap: .unlimited)),
            Resources(cpu: .init(shares: 2, quota: 1_000, period: 1_000, burst: 1_000)),
            Resources(cpu: .init(shares: 262_144, quota: .unlimited, period: 1_000_000, idle: false)),
            Resources(cpu: .init(cpus: "0-3,7,9-9", mems: "0")),
            Resources(pids: .init(limit: 1)),
            Resources(pids: .init(limit: .unlimited)),
        ]
    )
    func accepted(resources: Resources) throws {
        try resources.validate()
    }

    @Test(
        "a number of CPUs becomes a quota in a period of 100 ms",
        arguments: [(1.5, 150_000), (0.01, 1_000), (0.29, 29_000)]
    )
    func cpus(count: Double, quota: Int64) throws {
        let cpu = try Resources.CPU.cpus(count)
        #expect(cpu.quota == Resources.Limit(quota))
        #expect(cpu.period == 100_000)
    }

    @Test("a number of CPUs that is none is refused", arguments: [0, -1, 0.009, .nan, .infinity, 1e300])
    func absurdCPUs(count: Double) {
        #expect(throws: ContainerError.self) { try Resources.CPU.cpus(count) }
    }

    @Test("-1 lifts a limit, and absurd sizes saturate instead of trapping")
    func limits() {
        #expect(Resources.Limit(-1) == .unlimited)
        #expect(Resources.Limit.unlimited.value == nil)
        #expect(Resources.Limit.gibibytes(.max).value == .max)
        #expect(Resources.Limit.gibibytes(.min).value == .min)
        #expect(Resources.Limit.mebibytes(64).value == 67_108_864)
    }
}
