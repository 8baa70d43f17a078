// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import ContainerKit

extension Trait where Self == ConditionTrait {
    /// Root on a machine with cgroup v2 and nothing else.
    static var unifiedControlGroups: Self {
        .enabled("needs root and a machine with cgroup v2 alone: Scripts/test-cgroup-v2 boots one") {
            try geteuid() == 0 && CgroupLayout.current().mode == .unified
        }
    }
}

@Suite("Containers on a kernel with cgroup v2 alone", .runsContainers, .unifiedControlGroups)
struct UnifiedKernelTests {
    @Test("are born in their group, and see it as the root of all groups")
    func birth() async throws {
        try await withRuntime { runtime, rootFilesystem in
            var configuration = rootFilesystem.shell(
                "cat /proc/self/cgroup; ls -d /sys/fs/cgroup/*/; echo ready; sleep 1000"
            )
            configuration.identifier = "nestbox-born"
            try await runtime.withContainer(configuration) { container in
                var lines: [String] = []
                for try await line in container.standardOutput.lines {
                    if line == "ready" { break }
                    lines.append(line)
                }
                #expect(lines == ["0::/"])
                let place = try FileDescriptor.text(FilePath("/proc/\(container.processIdentifier)/cgroup"))
                #expect(place.hasSuffix("/nestbox-born\n") && place.hasPrefix("0::/nestbox/run-"))
            }
        }
    }

    @Test("have their limits in the kernel's files, from the first instruction on and after a change")
    func limits() async throws {
        try await withRuntime { runtime, rootFilesystem in
            var configuration = rootFilesystem.shell(
                "cd /sys/fs/cgroup; cat memory.max memory.high memory.swap.max cpu.max cpu.weight pids.max; echo ready; cat"
            )
            configuration.process.standardInput = .stream
            configuration.resources.memory = .init(
                limit: .mebibytes(64),
                reservation: .mebibytes(32),
                swap: .mebibytes(64)
            )
            configuration.resources.cpu = try .cpus(0.5)
            configuration.resources.cpu.shares = 1024
            configuration.resources.pids.limit = 20
            try await runtime.withContainer(configuration) { container in
                var lines: [String] = []
                for try await line in container.standardOutput.lines {
                    if line == "ready" { break }
                    lines.append(line)
                }
                #expect(lines.first == "67108864" && lines.contains("50000 100000") && lines.last == "20")
                var change = Resources()
                change.memory = .init(limit: .mebibytes(128), swap: .mebibytes(128))
                change.pids.limit = 30
                try container.update(change)
                let usage = try container.usage()
                #expect(usage.memory.limit == 128 << 20 && usage.pids.limit == 30)
            }
        }
    }

    @Test(
        "have limits of controllers that nothing else has asked for, also in a group at a path, and by a later change"
    )
    func onDemand() async throws {
        try await withRuntime { runtime, rootFilesystem in
            var configuration = rootFilesystem.shell(
                "cat /sys/fs/cgroup/cpuset.cpus; read line; cat /sys/fs/cgroup/io.weight"
            )
            configuration.process.standardInput = .stream
            configuration.cgroupPath = try CgroupPath("nestbox/on-demand/deep")
            configuration.resources.cpu.cpus = "0"
            try await runtime.withContainer(configuration) { container in
                var lines = container.standardOutput.lines.makeAsyncIterator()
                #expect(try await lines.next() == "0")
                var change = Resources()
                change.unified = ["io.weight": "default 77"]
                try container.update(change)
                try await container.standardInput.write(Array("\n".utf8))
                #expect(try await lines.next() == "default 77")
            }
        }
    }

    @Test("are measured: time, memory, processes, pressure")
    func usage() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let script = "i=0; while [ $i -lt 2000 ]; do i=$((i+1)); done; echo ready; sleep 1000"
            var configuration = rootFilesystem.shell(script)
            configuration.resources.pids.limit = 20
            try await runtime.withContainer(configuration) { container in
                for try await line in container.standardOutput.lines where line == "ready" { break }
                let usage = try container.usage()
                #expect(try #require(usage.cpu.used) > .zero)
                #expect(try #require(usage.memory.used) > 0)
                #expect(try #require(usage.pids.current) >= 1)
                #expect(try container.processes().count == Int(try #require(usage.pids.current)))
            }
        }
    }

    @Test("are frozen and thawed, and killed while they are frozen")
    func freezer() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let container = try await runtime.run(rootFilesystem.shell("while true; do echo tick; sleep 0.05; done"))
            var ticks = container.standardOutput.lines.makeAsyncIterator()
            _ = try await ticks.next()
            try container.pause()
            let group = try #require(container.group)
            #expect(try group.isFrozen)
            let events = try contents(try #require(group.paths.first), "cgroup.events")
            #expect(events.contains("frozen 1"))
            try container.resume()
            #expect(try await ticks.next() == "tick")
            try container.pause()
            #expect(try await container.kill() == .signaled(.kill))
            try await container.delete()
        }
    }

    @Test("in the host's process namespace leave nothing alive: all go in one write")
    func killing() async throws {
        try await withRuntime { runtime, rootFilesystem in
            var configuration = rootFilesystem.shell(
                "for i in 1 2 3; do setsid sleep 1000 & done; echo ready; sleep 1000"
            )
            configuration.namespaces.process = .host
            let container = try await runtime.run(configuration)
            for try await line in container.standardOutput.lines where line == "ready" { break }
            let processes = try container.processes().map(\.identifier)
            #expect(processes.count >= 4)
            try await container.kill()
            try await container.delete()
            #expect(eventually { processes.allSatisfy { kill($0, 0) != 0 } })
        }
    }

    @Test("can't have more processes than they may, and are told of a kill for want of memory")
    func enforcement() async throws {
        try await withRuntime { runtime, rootFilesystem in
            var forks = rootFilesystem.shell("for i in 1 2 3 4 5 6 7 8; do sleep 5 & done 2>/dev/null; echo survived")
            forks.resources.pids.limit = 4
            let end = try await runtime.finish(forks)
            #expect(!end.output.contains("survived") || !end.error.isEmpty || !end.status.isSuccess)
            // Events are told from the call on, so the kill must come after it.
            var hungry = rootFilesystem.shell("sleep 2; tail /dev/zero")
            hungry.identifier = "nestbox-hungry"
            hungry.resources.memory = .init(limit: .mebibytes(8), swap: .mebibytes(8))
            let container = try await runtime.run(hungry)
            var seen: [ContainerEvent] = []
            for await event in container.events() { seen.append(event) }
            let kills = seen.contains { if case .outOfMemory = $0 { true } else { false } }
            #expect(kills, "\(seen)")
            try await container.delete()
        }
    }
}
