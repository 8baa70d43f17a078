// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import Testing

@testable import Nestbox

@Suite("Further programs in containers", .runsContainers)
struct ExecutionTests {
    private func sleeper(_ name: String = "main") -> ContainerSpecification {
        var specification = ContainerSpecification(image: "box", name: name, command: ["sleep", "1000"])
        specification.environment = ["COLOUR=red"]
        return specification
    }

    private func output(_ process: ContainerProcess) async throws -> String {
        var bytes: [UInt8] = []
        for try await chunk in process.standardOutput { bytes += chunk }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("a further program sees the container's files, names, environment and processes, from another engine too")
    func execution() async throws {
        try await withNestbox { nestbox in
            try await nestbox.withContainer(sleeper()) { container in
                let other = try await Nestbox(root: nestbox.root)
                var options = ExecutionOptions(["sh", "-c", "hostname; echo $COLOUR $SIZE; pwd; cat /proc/1/cmdline"])
                options.environment = ["SIZE=big"]
                options.workingDirectory = "/tmp"
                let process = try await other.execute(options, in: "main")
                let text = try await output(process)
                #expect(text == "\(container.identifier.prefix(12))\nred big\n/tmp\nsleep\01000\0")
                #expect(try await process.wait() == .exited(0))
                let missing = ExecutionOptions(["nosuch"])
                await #expect {
                    _ = try await other.execute(missing, in: "main")
                } throws: {
                    ($0 as? NestboxError)?.code == .executableNotFound
                }
                try await other.close()
            }
            await #expect {
                _ = try await nestbox.execute(ExecutionOptions(["true"]), in: "main")
            } throws: {
                ($0 as? NestboxError)?.code == .containerNotFound
            }
        }
    }

    @Test("a container is paused and goes on, is measured and listed, and gets other limits")
    func control() async throws {
        try await withNestbox { nestbox in
            try await nestbox.withContainer(sleeper()) { _ in
                try nestbox.pause("main")
                #expect(try nestbox.container("main").state.status == .paused)
                #expect(try nestbox.container("main").isRunning)
                #expect(throws: NestboxError.self) { try nestbox.pause("main") }
                try nestbox.unpause("main")
                #expect(try nestbox.container("main").state.status == .running)
                #expect(try nestbox.usage(of: "main").memory.used ?? 0 > 0)
                #expect(try nestbox.processes(of: "main").map(\.name) == ["sleep"])
                try nestbox.update("main", limits: ContainerLimits(memory: 64 << 20, processes: 10))
                #expect(try nestbox.usage(of: "main").memory.limit == 64 << 20)
                #expect(try nestbox.container("main").limits.processes == 10)
            }
        }
    }
}
