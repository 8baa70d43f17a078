// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import ContainerKit

@Suite("Watching a container", .runsContainers)
struct ObservationTests {
    @Test("its usage is counted: time, memory, processes", .needsRoot)
    func usage() async throws {
        try await withRuntime { runtime, rootFilesystem in
            var configuration = rootFilesystem.shell(
                "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; echo done; sleep 1000"
            )
            configuration.resources.memory.limit = .mebibytes(64)
            configuration.resources.pids.limit = 20
            let container = try await runtime.run(configuration)
            for try await line in container.standardOutput.lines where line == "done" { break }
            let usage = try container.usage()
            let used = try #require(usage.cpu.used)
            #expect(used > .zero)
            #expect(try #require(usage.cpu.user) + #require(usage.cpu.system) <= used * 2)
            let memory = try #require(usage.memory.used)
            #expect(memory > 0 && memory < 64 << 20)
            #expect(usage.memory.limit == 64 << 20)
            #expect(try #require(usage.memory.peak) >= memory)
            #expect(try #require(usage.memory.workingSet) <= memory)
            #expect(usage.memory.anonymous != nil && usage.memory.majorFaults != nil)
            #expect(try #require(usage.pids.current) >= 1 && usage.pids.limit == 20)
            try await container.kill()
            try await container.delete()
        }
    }

    @Test("a stream of measurements ends with the program", .needsRoot)
    func usageStream() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let container = try await runtime.run(rootFilesystem.configuration(["/bin/sleep", "1000"]))
            var seen: [Duration] = []
            for try await usage in container.usage(every: .milliseconds(10)) {
                seen.append(try #require(usage.cpu.used))
                if seen.count == 5 { try await container.kill() }
            }
            #expect(seen.count == 5 && seen == seen.sorted())
            try await container.delete()
        }
    }

    @Test("a kill for want of memory is told, and then the end")
    func outOfMemory() async throws {
        let seen = try await eventsInLittleMemory("(tail /dev/zero); sleep 0.2; echo survived")
        #expect(seen.first == .outOfMemory(kills: 1))
        #expect(seen.last == .exited(.exited(0)))
    }

    @Test("a kill that ends the container is told once", arguments: 1...5)
    func lastKill(round: Int) async throws {
        let seen = try await eventsInLittleMemory("exec tail /dev/zero")
        #expect(seen == [.outOfMemory(kills: 1), .exited(.signaled(.kill))])
    }

    /// What is told of a script that has 16 MiB, from its beginning on.
    private func eventsInLittleMemory(_ script: String) async throws -> [ContainerEvent] {
        try await withRuntime { runtime, rootFilesystem in
            var configuration = rootFilesystem.shell("read go; \(script)")
            configuration.process.standardInput = .stream
            configuration.resources.memory = .init(limit: .mebibytes(16), swap: .mebibytes(16))
            let container = try await runtime.run(configuration)
            let events = container.events()
            try await container.standardInput.write("go\n".utf8)
            var seen: [ContainerEvent] = []
            for await event in events { seen.append(event) }
            try await container.delete()
            return seen
        }
    }

    @Test("the end is told to whoever asks after it")
    func lateEvents() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let container = try await runtime.run(rootFilesystem.shell("exit 4"))
            try await container.wait()
            var seen: [ContainerEvent] = []
            for await event in container.events() { seen.append(event) }
            #expect(seen == [.exited(.exited(4))])
            try await container.delete()
        }
    }

    @Test("its processes are listed with both their numbers, their user and their arguments", .needsRoot)
    func processes() async throws {
        try await withRuntime { runtime, rootFilesystem in
            var configuration = rootFilesystem.configuration(["/bin/sleep", "1000"])
            configuration.process.user = .named("alice")
            let container = try await runtime.run(configuration)
            let other = try await container.execute(
                ProcessConfiguration(["/bin/sleep", "2000"], environment: ["PATH=/bin"])
            )
            let processes = try container.processes()
            #expect(processes.map(\.arguments) == [["/bin/sleep", "1000"], ["/bin/sleep", "2000"]])
            #expect(processes.map(\.identifier) == [container.processIdentifier, other.processIdentifier])
            #expect(processes.first?.identifierInContainer == 1)
            #expect(processes.map(\.user) == [1000, 0])
            #expect(processes.allSatisfy { $0.threads == 1 && $0.name == "sleep" && $0.state == "S" })
            try await container.kill()
            try await container.delete()
        }
    }

    @Test("pressure files are read as the kernel writes them")
    func pressure() throws {
        let text = "some avg10=1.50 avg60=0.25 avg300=0.05 total=1234\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=7\n"
        let pressure = try #require(ResourcePressure(text))
        #expect(pressure.some.average10 == 1.5 && pressure.some.average300 == 0.05)
        #expect(pressure.some.total == .microseconds(1234) && pressure.full?.total == .microseconds(7))
        #expect(ResourcePressure("nonsense") == nil)
    }

    @Test("counts of devices are summed as both versions write them")
    func deviceCounts() {
        let unified = DeviceCounts("8:0 rbytes=10 wbytes=20 rios=1 wios=2\n8:16 rbytes=1 wbytes=2 rios=3 wios=4\n")
        #expect(unified["rbytes"] == 11 && unified["wios"] == 6)
        let legacy = DeviceCounts.legacy("8:0 Read 10\n8:0 Write 20\n8:16 Read 1\nTotal 31\n")
        #expect(legacy == (11, 20))
    }
}
