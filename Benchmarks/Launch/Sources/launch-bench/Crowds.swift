// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import Glibc
import SystemPackage

/// Many containers alive at once: what one of them costs to start, to keep, to look at and to end.
struct Crowds {
    let workspace: Workspace
    /// How many are started or ended at the same time.
    private let inFlight = 8

    init(workspace: Workspace) {
        self.workspace = workspace
    }

    // MARK: In this process

    func measureInProcess(_ count: Int) async throws -> CrowdRow {
        let runtime = try ContainerRuntime()
        let clock = ContinuousClock()
        // What an earlier crowd, a tenth of this one, has left to the allocator is used again and not counted.
        let before = Self.residentBytes
        let started = clock.now
        let containers = try await start(count, by: runtime)
        let alive = clock.now
        let after = Self.residentBytes
        let looking = clock.now
        for container in containers { _ = try container.usage() }
        let looked = clock.now
        try await runtime.close()
        return CrowdRow(
            name: "ContainerKit",
            count: count,
            start: alive - started,
            memory: after - before,
            measurement: looked - looking,
            end: clock.now - looked
        )
    }

    private func start(_ count: Int, by runtime: ContainerRuntime) async throws -> [Container] {
        try await withThrowingTaskGroup(of: Container.self) { group in
            var made: [Container] = []
            for index in 0..<count {
                if index >= inFlight, let next = try await group.next() { made.append(next) }
                let configuration = try InProcess.waiting(workspace, "bench-crowd-\(index)")
                group.addTask { try await runtime.run(configuration) }
            }
            for try await container in group { made.append(container) }
            return made
        }
    }

    /// What this process has in memory (`proc_pid_statm(5)`).
    private static var residentBytes: Int {
        guard let file = try? FileDescriptor.open("/proc/self/statm", .readOnly) else { return 0 }
        defer { try? file.close() }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = (try? bytes.withUnsafeMutableBytes { try file.read(into: $0) }) ?? 0
        let fields = String(decoding: bytes[..<count], as: UTF8.self).split(separator: " ")
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * Int(sysconf(CInt(_SC_PAGESIZE)))
    }

    // MARK: By a process for each

    func measure(_ count: Int, by runtime: OCIRuntime) async throws -> CrowdRow {
        let prefix = "bench-crowd-\(runtime.name)-"
        for index in 0..<count { try workspace.makeBundle("\(prefix)\(index)", program: "/bin/wait") }
        let name = prefix + "{index}"
        let bundle = workspace.directory.appending("bundles").appending(name).string
        do {
            let start = try await time(count, runtime, ["run", "--detach", "--bundle", bundle, name])
            let hasStats = runtime.name != "crun"
            let measurement = hasStats ? try await time(count, runtime, ["events", "--stats", name]) : nil
            return CrowdRow(
                name: runtime.name,
                count: count,
                start: start,
                measurement: measurement,
                end: try await time(count, runtime, ["delete", "--force", name])
            )
        } catch {
            for index in 0..<count {
                _ = try? await Command(runtime.spawned(["delete", "--force", "\(prefix)\(index)"])).output()
            }
            throw error
        }
    }

    private func time(_ count: Int, _ runtime: OCIRuntime, _ arguments: [String]) async throws -> Duration {
        let start = ContinuousClock.now
        let flight = min(count, inFlight)
        let stays = arguments.contains("--detach")
        try await Command(runtime.spawned(arguments, count: count, inFlight: flight, staysBehind: stays)).output()
        return start.duration(to: .now)
    }
}
