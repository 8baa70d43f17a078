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

    /// Prints a row for each power of ten.
    func measure(upTo largest: Int) async throws {
        print("### Alive at once", "", separator: "\n")
        print(
            "| containers | start ms each | all s | parent memory KB each | usage() ms each | all ms | end ms each | all s |"
        )
        print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        // What the first containers of a process bring with them belongs to none of them.
        _ = try await row(of: 8)
        var count = 1
        while count <= largest {
            try Interruption.check()
            print(try await row(of: count))
            count *= 10
        }
        print("")
    }

    private func row(of count: Int) async throws -> String {
        let runtime = try ContainerRuntime()
        let clock = ContinuousClock()
        let before = Self.residentBytes
        let started = clock.now
        let containers = try await withThrowingTaskGroup(of: Container.self) { group in
            var made: [Container] = []
            for index in 0..<count {
                if index >= inFlight, let next = try await group.next() { made.append(next) }
                let configuration = try InProcess.waiting(workspace, "bench-crowd-\(index)")
                group.addTask { try await runtime.run(configuration) }
            }
            for try await container in group { made.append(container) }
            return made
        }
        let alive = clock.now
        let after = Self.residentBytes
        for container in containers { _ = try container.usage() }
        let looked = clock.now
        try await runtime.close()
        let gone = clock.now
        func each(_ duration: Duration) -> String { (duration.milliseconds / Double(count)).rounded(to: 2) }
        let memory = Double(max(0, after - before)) / 1000 / Double(count)
        let cells = [
            String(count), each(started.duration(to: alive)),
            (started.duration(to: alive) / .seconds(1)).rounded(to: 2), memory.rounded(to: 1),
            each(alive.duration(to: looked)), alive.duration(to: looked).milliseconds.rounded(to: 1),
            each(looked.duration(to: gone)), (looked.duration(to: gone) / .seconds(1)).rounded(to: 2),
        ]
        return "| " + cells.joined(separator: " | ") + " |"
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
}
