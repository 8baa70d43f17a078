// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import ImageStore
internal import Synchronization

/// One life of a container's program, from its start to its end.
final class ContainerRun: Sendable {
    let container: Container
    let connection: ContainerConnection
    let mounts: [MountPoint]
    /// What the program runs as; a health check runs as the same.
    let process: ResolvedProcess
    let security: ContainerSecurity
    let health: HealthCheck?
    private let started = ContinuousClock.now
    private let lifetime = Mutex(Duration.zero)
    /// Keeps the image's layers.
    private let root: PreparedRootfs

    init(
        container: Container,
        connection: ContainerConnection,
        mounts: [MountPoint],
        root: PreparedRootfs,
        process: ResolvedProcess,
        security: ContainerSecurity,
        health: HealthCheck?
    ) {
        self.process = process
        self.security = security
        self.health = health
        self.container = container
        self.connection = connection
        self.mounts = mounts
        self.root = root
    }

    /// Keeps the program's output until it has ended; a cancellation kills it.
    ///
    /// - Parameters:
    ///   - health: Finds out whether it does its work.
    ///   - note: Is told what came of each check.
    ///   - keep: Keeps the output of one stream to its end.
    /// - Returns: How it ended.
    func serve(
        health: HealthMonitor?,
        note: @escaping @Sendable (HealthState, Bool) -> Void,
        _ keep: @escaping @Sendable (ByteSequence, OutputStream) async -> Void
    ) async -> TerminationStatus {
        await withTaskGroup(of: TerminationStatus.self) { tasks in
            tasks.addTask { await self.serve(keep) }
            guard let health else { return await tasks.next() ?? .exited(128) }
            return await withTaskGroup(of: Void.self) { checks in
                checks.addTask { await health.run(note) }
                let status = await tasks.next() ?? .exited(128)
                checks.cancelAll()
                return status
            }
        }
    }

    private func serve(_ keep: @escaping @Sendable (ByteSequence, OutputStream) async -> Void) async
        -> TerminationStatus
    {
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await keep(self.container.standardOutput, .standardOutput) }
            tasks.addTask { await keep(self.container.standardError, .standardError) }
            let status = await waitForEnd()
            lifetime.withLock { $0 = started.duration(to: .now) }
            // The program's end closed its streams: what is in them still is read, and that is all.
            await tasks.waitForAll()
            return status
        }
    }

    /// How long the program ran.
    var duration: Duration { lifetime.withLock { $0 } }

    /// Waits for the end, which a cancellation brings about.
    private func waitForEnd() async -> TerminationStatus {
        if let status = try? await container.wait() { return status }
        _ = try? await container.kill()
        return await container.waitRegardless()
    }

    /// Lets go of everything that the running program held.
    ///
    /// - Returns: What could not be removed.
    func end() async -> (any Error)? {
        await connection.end()
        do {
            try await container.delete()
            return nil
        } catch {
            return error
        }
    }
}
