// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import Glibc
import SystemPackage
import Testing

@Suite("Limits are in force in the kernel", .realControlGroups)
struct CgroupLimitTests {
    private let sandbox: CgroupSandbox

    init() throws {
        sandbox = try CgroupSandbox()
    }

    @Test("every limit can be read back from the kernel")
    func readBack() throws {
        let tree = try sandbox.tree()
        let group = try tree.makeGroup(
            at: .runtime("web"),
            resources: Resources(
                memory: .init(
                    limit: .mebibytes(64),
                    reservation: .mebibytes(32),
                    swap: .mebibytes(96),
                    swappiness: 7,
                    oomKillDisabled: true
                ),
                cpu: .init(shares: 512, quota: 150_000, period: 100_000, burst: 1_000, cpus: "0", mems: "0"),
                pids: .init(limit: 9)
            )
        )
        let memory = try group.directory("memory")
        #expect(try contents(memory, "memory.limit_in_bytes") == "67108864")
        #expect(try contents(memory, "memory.soft_limit_in_bytes") == "33554432")
        #expect(try contents(memory, "memory.memsw.limit_in_bytes") == "100663296")
        #expect(try contents(memory, "memory.swappiness") == "7")
        #expect(try contents(memory, "memory.oom_control").hasPrefix("oom_kill_disable 1"))
        let cpu = try group.directory("cpu")
        #expect(try contents(cpu, "cpu.shares") == "512")
        #expect(try contents(cpu, "cpu.cfs_quota_us") == "150000")
        #expect(try contents(cpu, "cpu.cfs_burst_us") == "1000")
        let cpuset = try group.directory("cpuset")
        #expect(try contents(cpuset, "cpuset.cpus") == "0")
        #expect(try contents(cpuset, "cpuset.mems") == "0")
        #expect(try contents(try group.directory("pids"), "pids.max") == "9")
        try group.remove()
        try tree.close()
        #expect(sandbox.leftovers() == [])
    }

    @Test("a container with a cpuset runs, although a new v1 cpuset is empty")
    func cpusetIsFilled() throws {
        let tree = try sandbox.tree()
        let group = try tree.makeGroup(at: .runtime("pinned"), resources: Resources(cpu: .init(cpus: "0")))
        let process = try sandbox.start("grep -q '^Cpus_allowed_list:[[:space:]]*0$' /proc/self/status", in: group)
        #expect(sandbox.wait(for: process) == 0)
        try group.remove()
        try tree.close()
        #expect(sandbox.leftovers() == [])
    }

    @Test("a process that joined through the descriptors is in every group")
    func joining() throws {
        let tree = try sandbox.tree()
        let group = try tree.makeGroup(at: .runtime("joined"))
        let process = try sandbox.start("exec sleep 60", in: group)
        for path in group.paths {
            #expect(try eventually { try contents(path, "cgroup.procs") == String(process) })
        }
        try group.kill()
        #expect(sandbox.wait(for: process) == SIGKILL)
        try group.remove()
        try tree.close()
    }

    @Test("a process beyond the memory limit is killed, and the kill is counted")
    func memoryLimit() throws {
        let tree = try sandbox.tree()
        let limits = Resources(memory: .init(limit: .mebibytes(8), swap: .mebibytes(8)))
        let group = try tree.makeGroup(at: .runtime("greedy"), resources: limits)
        let process = try sandbox.start("exec tail /dev/zero", in: group)
        #expect(sandbox.wait(for: process) == SIGKILL)
        #expect((try group.usage().memory.outOfMemoryKills ?? 0) > 0)
        try group.remove()
    }

    @Test("a shell starts and ends under the least memory limit")
    func leastMemory() throws {
        let tree = try sandbox.tree()
        let least = Resources.Limit(Resources.Memory.leastLimit)
        let group = try tree.makeGroup(
            at: .runtime("tiny"),
            resources: Resources(memory: .init(limit: least, swap: least))
        )
        #expect(sandbox.wait(for: try sandbox.start("exit 7", in: group)) == 7 << 8)
        try group.remove()
    }

    @Test("a fork beyond the process limit fails")
    func pidsLimit() throws {
        let tree = try sandbox.tree()
        let group = try tree.makeGroup(at: .runtime("alone"), resources: Resources(pids: .init(limit: 1)))
        let process = try sandbox.start("{ (true) || exit 0; } 2>/dev/null; exit 3", in: group)
        #expect(sandbox.wait(for: process) != 3 << 8)
        try group.remove()
    }

    @Test("an update grows and shrinks limits past each other")
    func update() throws {
        let tree = try sandbox.tree()
        let group = try tree.makeGroup(
            at: .runtime("changing"),
            resources: Resources(memory: .init(limit: .mebibytes(32), swap: .mebibytes(32)), cpu: try .cpus(0.5))
        )
        try group.update(Resources(memory: .init(limit: .mebibytes(128), swap: .mebibytes(256)), cpu: try .cpus(2)))
        let memory = try group.directory("memory")
        #expect(try contents(memory, "memory.limit_in_bytes") == "134217728")
        #expect(try contents(memory, "memory.memsw.limit_in_bytes") == "268435456")
        #expect(try contents(try group.directory("cpu"), "cpu.cfs_quota_us") == "200000")
        try group.update(Resources(memory: .init(limit: .mebibytes(16), swap: .mebibytes(24))))
        #expect(try contents(memory, "memory.memsw.limit_in_bytes") == "25165824")
        try group.update(Resources(memory: .init(limit: .unlimited, swap: .unlimited), cpu: .init(quota: .unlimited)))
        #expect(try contents(try group.directory("cpu"), "cpu.cfs_quota_us") == "-1")
        #expect(try group.usage().memory.limit == nil)
        try group.remove()
    }

    @Test("an update that would kill is refused when asked to check, and an invalid one changes nothing")
    func refusedUpdate() throws {
        let tree = try sandbox.tree()
        let limits = Resources(memory: .init(limit: .mebibytes(64), swap: .mebibytes(64)))
        let group = try tree.makeGroup(at: .runtime("full"), resources: limits)
        let process = try sandbox.start("x=$(seq 3000000); while :; do sleep 1; done", in: group)
        #expect(try eventually { try (group.usage().memory.used ?? 0) > 10 << 20 })
        let lower = Resources(memory: .init(limit: .mebibytes(1), checkBeforeUpdate: true))
        #expect(throws: ContainerError.self) { try group.update(lower) }
        #expect(throws: ContainerError.self) { try group.update(Resources(memory: .init(limit: .mebibytes(65)))) }
        #expect(group.resources == limits)
        #expect(try group.usage().memory.limit == 64 << 20)
        try group.kill()
        _ = sandbox.wait(for: process)
        try group.remove()
    }

    @Test("an update is refused whole where a v1 group is missing that one of its limits needs")
    func missingGroup() throws {
        let tree = try sandbox.tree()
        try #require(tree.version(of: .blkio) == .v1)
        let group = try tree.makeGroup(at: .runtime("partial"), resources: Resources(pids: .init(limit: 50)))
        var change = Resources(pids: .init(limit: 60))
        change.io.readBytesPerSecond = [.init(major: 1, minor: 0): 1 << 20]
        let error = #expect(throws: ContainerError.self) { try group.update(change) }
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains("blkio") == true)
        #expect(try group.usage().pids.limit == 50)
        try group.update(Resources(pids: .init(limit: 60)))
        #expect(try group.usage().pids.limit == 60)
        try group.remove()
    }

    @Test("usage counts processor time, memory and processes", arguments: [false, true])
    func usage(legacyOnly: Bool) throws {
        let sandbox = try CgroupSandbox(legacyOnly: legacyOnly)
        let tree = try sandbox.tree()
        let group = try tree.makeGroup(at: .runtime("busy"), resources: Resources(pids: .init(limit: 50)))
        let process = try sandbox.start("x=$(seq 100000); while :; do :; done", in: group)
        #expect(try eventually { try (group.processorTime() ?? .zero) > .milliseconds(50) })
        let usage = try group.usage()
        #expect((usage.memory.used ?? 0) > 0)
        #expect(usage.memory.limit == nil)
        #expect(usage.pids.current == 1)
        #expect(usage.pids.limit == 50)
        try group.kill()
        _ = sandbox.wait(for: process)
        try group.remove()
        #expect(throws: ContainerError.self) { try group.usage() }
    }
}
