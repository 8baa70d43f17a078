// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit

/// Runs a program that nobody trusts: no network, the host's files read-only, and a limit on everything it may use.
struct Sandbox {
    /// What the program may use.
    struct Limits {
        /// How long it may take.
        var time = Duration.seconds(2)
        /// Memory in MiB, for the program and its files together.
        var memory: Int64 = 32
        /// Files in MiB, all of them below `/tmp`.
        var files: UInt64 = 8
        /// Processes at once.
        var processes: Int64 = 8
        /// Output in bytes.
        var output = 64 << 10
    }

    let runtime: ContainerRuntime
    var limits = Limits()

    /// Runs `arguments` and tells how that ended.
    func run(_ arguments: [String]) async throws -> Verdict {
        try await runtime.withContainer(configuration(for: arguments)) { container in
            try await withThrowingTaskGroup(of: Verdict?.self) { group in
                group.addTask { try await judge(container) }
                group.addTask {
                    try await Task.sleep(for: limits.time)
                    return .outOfTime
                }
                // The first to know decides; leaving `withContainer` kills whatever still runs.
                defer { group.cancelAll() }
                while let verdict = try await group.next() {
                    if let verdict { return verdict }
                }
                throw CancellationError()
            }
        }
    }

    /// Reads the output, waits for the end, and looks what the control group counted.
    private func judge(_ container: Container) async throws -> Verdict {
        var output: [UInt8] = []
        for try await chunk in container.standardOutput {
            output += chunk
            if output.count > limits.output { return .tooMuchOutput }
        }
        let status = try await container.wait()
        if let kills = try container.usage().memory.outOfMemoryKills, kills > 0 { return .outOfMemory }
        return .finished(status, output: String(decoding: output, as: UTF8.self))
    }

    private func configuration(for arguments: [String]) -> ContainerConfiguration {
        var process = ProcessConfiguration(arguments, workingDirectory: "/tmp", output: .stream)
        process.user = .numbers(user: 65534, group: 65534)
        process.capabilities = ProcessCapabilities([])
        var configuration = ContainerConfiguration(
            rootFilesystem: .directory("/", isReadOnly: true),
            process: process
        )
        // What the host keeps in its changing directories is nobody's business.
        configuration.mounts += ["/home", "/root", "/run", "/var", "/etc/ssh"].map {
            .temporary(at: $0, size: 4096, mode: .ownerReadWriteExecute, options: [.confined, .readOnly])
        }
        configuration.mounts.append(.temporary(at: "/tmp", size: limits.files << 20))
        configuration.resources.memory.limit = .mebibytes(limits.memory)
        configuration.resources.memory.swap = .mebibytes(limits.memory)
        configuration.resources.pids.limit = .init(limits.processes)
        configuration.seccomp = .hardened
        return configuration
    }
}
