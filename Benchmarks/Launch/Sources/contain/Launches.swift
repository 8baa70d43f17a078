// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import SystemPackage

/// The launches that are timed: all that the benchmark asks of ContainerKit is in this file.
struct Launches {
    let root: FilePath
    /// Where each launch gets an upper directory of its own, if the root is to be an overlay.
    let uppers: FilePath?

    /// Runs containers one after the other.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - slot: A number that no other worker has.
    ///   - runtime: What runs them.
    /// - Returns: How long each took, from nothing to gone.
    /// - Throws: `ContainerError`, or ``LaunchFailure`` if the program did not end well.
    func time(_ count: Int, slot: Int, by runtime: ContainerRuntime) async throws -> [Duration] {
        let clock = ContinuousClock()
        var times: [Duration] = []
        for index in 0..<count {
            let start = clock.now
            try await launch("bench-\(slot)-\(index)", by: runtime)
            times.append(clock.now - start)
        }
        return times
    }

    /// Runs a container that waits, for as long as a closure needs it.
    func hold(by runtime: ContainerRuntime, _ body: (Container) -> Void) async throws {
        let container = try await runtime.run(configuration("bench-held", "/bin/wait", root: .directory(root)))
        body(container)
        try await container.kill()
        try await container.delete()
    }

    /// Runs one container that is not timed: the first of a process compiles the seccomp profile, which is kept.
    func warmUp(_ runtime: ContainerRuntime) async throws {
        try await launch("bench-first", by: runtime)
    }

    // MARK: The measured work

    private func launch(_ name: String, by runtime: ContainerRuntime) async throws {
        let layer = try uppers.map { try OverlayLayer(at: $0.appending(name)) }
        let source = layer.map { RootFilesystem.overlay(layers: [root], writable: $0.directories) }
        let container = try await runtime.run(configuration(name, "/bin/true", root: source ?? .directory(root)))
        let status = try await container.wait()
        try await container.delete()
        try layer?.remove()
        guard status.isSuccess else { throw LaunchFailure(status: status) }
    }

    private func configuration(_ name: String, _ program: String, root: RootFilesystem) -> ContainerConfiguration {
        var configuration = ContainerConfiguration(
            identifier: name,
            rootFilesystem: root,
            process: ProcessConfiguration([program])
        )
        configuration.hostName = "bench"
        configuration.resources.memory.limit = .mebibytes(256)
        configuration.resources.cpu.period = 100_000
        configuration.resources.cpu.quota = 100_000
        configuration.resources.pids.limit = 512
        return configuration
    }
}

/// The container's program did not end well.
struct LaunchFailure: Error {
    let status: TerminationStatus
}
