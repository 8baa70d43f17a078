// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import SystemPackage

/// ContainerKit, in this process.
struct InProcess {
    let workspace: Workspace

    /// A container that waits, with the limits that the peers' bundles have.
    static func waiting(_ workspace: Workspace, _ identifier: String) throws -> ContainerConfiguration {
        var configuration = ContainerConfiguration(
            identifier: identifier,
            rootFilesystem: .directory(workspace.root),
            process: ProcessConfiguration(["/bin/wait"])
        )
        configuration.hostName = "bench"
        configuration.resources.memory.limit = .mebibytes(256)
        configuration.resources.cpu = try .cpus(1)
        configuration.resources.pids.limit = 512
        return configuration
    }

    func measure(count: Int) async throws -> LifecycleRow {
        let runtime = try ContainerRuntime()
        var row = LifecycleRow(name: "ContainerKit")
        try await runtime.withContainer(Self.waiting(workspace, "bench-lifecycle")) { container in
            let clock = ContinuousClock()
            // The first one compiles what later ones share.
            try await container.execute(ProcessConfiguration(["/bin/true"])).wait()
            for _ in 0..<count {
                let start = clock.now
                try await container.execute(ProcessConfiguration(["/bin/true"])).wait()
                row.exec.append(start.duration(to: clock.now))
            }
            for _ in 0..<count {
                let start = clock.now
                try container.pause()
                row.pause.append(start.duration(to: clock.now))
                let paused = clock.now
                try container.resume()
                row.resume.append(paused.duration(to: clock.now))
            }
        }
        try await runtime.close()
        return row
    }
}

extension Samples {
    mutating func append(_ duration: Duration) {
        append(contentsOf: [UInt64(duration / .nanoseconds(1))])
    }
}
