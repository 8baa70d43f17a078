// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Logging
import Synchronization
import SystemPackage
import Testing

@testable import ContainerKit

/// Runs a further program once for each operation of it, which fails, and compares the host before and after.
struct ExecutionFaultScenario {
    private func program() -> ProcessConfiguration {
        var process = ProcessConfiguration(["/bin/sleep", "1000"], environment: ["PATH=/bin"])
        process.user = .named("alice")
        process.workingDirectory = "/tmp"
        process.oomScoreAdjustment = 100
        process.resourceLimits = [ResourceLimit(.openFiles, soft: 100)]
        process.terminal = Terminal.Size(rows: 24, columns: 80)
        process.descriptors = [.standardInput]
        return process
    }

    func run() async throws {
        let rootFilesystem = try TestRootFilesystem()
        let faults = FaultSwitch()
        var settings = ContainerRuntime.Configuration()
        settings.cgroupParent = "nestbox/fault-exec-\(getpid())"
        let runtime = try ContainerRuntime(
            configuration: settings,
            logger: Logger(label: "test"),
            fault: { faults.fault }
        )
        let container = try await runtime.run(rootFilesystem.configuration(["/bin/sleep", "1000"]))
        faults.arm()
        let first = try await container.execute(program())
        let hostOperations = faults.state.withLock { $0.seen }
        try first.send(.kill)
        try await first.wait()
        try await Task.sleep(for: .milliseconds(200))
        func now() throws -> HostState {
            try HostState.now(parent: settings.cgroupParent, directory: rootFilesystem.directory)
        }
        let before = try now()
        #expect(before.children == [container.processIdentifier])

        func check(_ operation: String) async throws {
            let after = try await HostState.settled(
                as: before,
                parent: settings.cgroupParent,
                directory: rootFilesystem.directory
            )
            #expect(after == before, "after \(operation): \(after), before: \(before)")
            #expect(try container.processes().count == 1, "after \(operation)")
        }

        for index in hostOperations.indices {
            faults.arm(host: index)
            let error = await #expect(throws: ContainerError.self) { try await container.execute(program()) }
            #expect(error?.operation == hostOperations[index], "operation \(index)")
            try await check(hostOperations[index])
        }
        var count = 0
        while true {
            faults.arm(stage: (count, .ioError))
            do {
                let process = try await container.execute(program())
                try process.send(.kill)
                try await process.wait()
                break
            } catch let error as ContainerError {
                #expect(error.errno == .ioError)
                try await check(error.operation ?? "\(count)")
            }
            count += 1
        }
        #expect(count > 25)
        faults.arm()
        try await runtime.close()
    }
}
