// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import ContainerKit

@Suite("When the embedding process dies", .runsContainers, .needsRoot)
struct SuddenDeathTests {
    @Test("by kill -9, its containers die with it, and the next start removes what remained")
    func killed() async throws {
        let rootFilesystem = try TestRootFilesystem()
        let directory = rootFilesystem.directory.string
        let path = rootFilesystem.path.string
        let parent = "nestbox/death-\(getpid())"

        await #expect(processExitsWith: .signal(SIGKILL)) {
            [directory = directory as String, path = path as String, parent = parent as String] in
            var settings = ContainerRuntime.Configuration()
            settings.cgroupParent = parent
            let runtime = try ContainerRuntime(configuration: settings)
            var pids = ""
            for number in 0..<20 {
                // Half of them with descendants of their own, a quarter with an init.
                var process = ProcessConfiguration(
                    ["/bin/sh", "-c", number % 2 == 0 ? "setsid sleep 1000 & sleep 1000" : "exec sleep 1000"])
                if number % 3 == 0 { process.user = .named("alice") }
                var configuration = ContainerConfiguration(
                    rootFilesystem: .directory(FilePath(path)),
                    process: process
                )
                configuration.runsInit = number % 4 == 0
                let container = try await runtime.run(configuration)
                pids += "\(container.processIdentifier)\n"
            }
            let file = try FileDescriptor.open(
                FilePath(directory + "/pids"),
                .writeOnly,
                options: .create,
                permissions: .ownerReadWrite
            )
            try file.writeAll(pids.utf8)
            kill(getpid(), SIGKILL)
        }

        let pids = try FileDescriptor.text(FilePath(directory + "/pids")).split(separator: "\n").compactMap {
            Int32($0)
        }
        #expect(pids.count == 20)
        var alive = pids
        for _ in 0..<100 where !alive.isEmpty {
            try await Task.sleep(for: .milliseconds(10))
            alive = pids.filter { isRunning($0) }
        }
        #expect(alive.isEmpty)

        #expect(try groups(parent).count > 0)
        var settings = ContainerRuntime.Configuration()
        settings.cgroupParent = parent
        let next = try ContainerRuntime(configuration: settings)
        try await next.close()
        #expect(try groups(parent) == [])
    }

    /// A zombie that nobody has reaped yet is not running.
    private func isRunning(_ pid: Int32) -> Bool {
        guard let text = try? FileDescriptor.text(FilePath("/proc/\(pid)/stat")) else { return false }
        return text.split(separator: ")").last?.split(separator: " ").first != "Z"
    }

    private func groups(_ parent: String) throws -> [String] {
        try Shell.entries("/sys/fs/cgroup").flatMap { hierarchy in
            ((try? Shell.directories("/sys/fs/cgroup/\(hierarchy)/\(parent)")) ?? []).map { "\(hierarchy)/\($0)" }
        }
    }
}
