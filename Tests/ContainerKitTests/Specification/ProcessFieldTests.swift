// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Testing

@testable import ContainerKit

@Suite("What the runtime specification says of a process, seen from inside", .runsContainers)
struct ProcessFieldTests {
    @Test("scheduling policy and niceness")
    func scheduling() async throws {
        let batch = try await lines(of: "cut -d' ' -f19,41 /proc/self/stat") { configuration, _ in
            configuration.process.scheduling = Scheduling(policy: .batch, nice: 7)
        }
        #expect(batch == ["7 3"])
        let idle = try await lines(of: "cut -d' ' -f41 /proc/self/stat") { configuration, _ in
            configuration.process.scheduling = Scheduling(policy: .idle)
        }
        #expect(idle == ["5"])
    }

    @Test("the rank of its requests to block devices")
    func ioPriority() async throws {
        let rank = try await lines(of: "ionice") { configuration, _ in
            configuration.process.ioPriority = IOPriority(.bestEffort, level: 6)
        }
        #expect(rank == ["best-effort: prio 6"])
        let idle = try await lines(of: "ionice") { configuration, _ in
            configuration.process.ioPriority = IOPriority(.idle, level: 0)
        }
        #expect(idle.first?.hasPrefix("idle") == true)
    }

    @Test("the processors that it may use")
    func processors() async throws {
        let list = try await lines(of: "grep Cpus_allowed_list /proc/self/status | cut -f2") { configuration, _ in
            configuration.process.processors = "0"
        }
        #expect(list == ["0"])
    }

    @Test("the memory nodes that it uses")
    func memoryPolicy() async throws {
        let policies = try await lines(of: "cut -d' ' -f2 /proc/self/numa_maps | sort -u") { configuration, _ in
            configuration.process.memoryPolicy = try MemoryPolicy(
                #require(MemoryPolicy.Mode(name: "MPOL_BIND")),
                nodes: "0",
                flags: .staticNodes
            )
        }
        #expect(policies.contains { $0.hasPrefix("bind") && $0.hasSuffix(":0") })
    }

    @Test("the execution domain")
    func personality() async throws {
        let machine = try await lines(of: "uname -m") { configuration, _ in configuration.personality = 8 }
        #expect(machine == ["i686"] || machine == ["armv8l"])
    }

    @Test("a session keyring of its own")
    func keyring() async throws {
        let rings = try await lines(of: "grep -c nestbox-ring /proc/keys") { configuration, _ in
            configuration.keyring = "nestbox-ring"
            configuration.maskedPaths = []
        }
        #expect(rings == ["1"])
    }

    @Test("what is out of range is refused")
    func refusals() {
        func code(_ change: (inout ProcessConfiguration) -> Void) -> ContainerError.Code? {
            var process = ProcessConfiguration(["/bin/true"])
            change(&process)
            do throws(ContainerError) {
                try process.validate()
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code { $0.scheduling = Scheduling(policy: .other, nice: 20) } == .invalidConfiguration)
        #expect(code { $0.scheduling = Scheduling(policy: .roundRobin, priority: 0) } == .invalidConfiguration)
        #expect(code { $0.ioPriority = IOPriority(.idle, level: 8) } == .invalidConfiguration)
        #expect(code { $0.processors = "0-" } == .invalidConfiguration)
        #expect(code { $0.memoryPolicy = MemoryPolicy(.init(rawValue: 2), nodes: "x") } == .invalidConfiguration)
    }
}
