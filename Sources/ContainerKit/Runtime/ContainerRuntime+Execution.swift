// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import SystemPackage

extension ContainerRuntime {
    /// Runs a further program in a running container.
    ///
    /// When this throws, no process is left.
    ///
    /// - Parameters:
    ///   - process: What to run.
    ///   - target: Where.
    ///   - isWatched: Whether its end is waited for here; if not, it is left to whoever becomes its parent.
    /// - Returns: The program.
    /// - Throws: ``ContainerError`` with the operation that failed.
    func execute(
        _ process: ProcessConfiguration,
        in target: RunningTarget,
        isWatched: Bool = true
    ) async throws -> ContainerProcess {
        try process.validate()
        if try target.group?.isFrozen == true {
            throw ContainerError(.invalidState, "the container is paused")
        }
        let fault = fault()
        let prepared = try ExecutionPreparation(
            target: target,
            process: process,
            seccomp: seccomp,
            fault: fault,
            rights: rights
        ).prepare()
        try fault.before("clone")
        let launched = try await launcher.launch(prepared)
        let stage = ProcessExit(launched) { _ in }
        try stage.watch(by: reactor)
        let followed = prepared.afterClone()
        do {
            let progress = followed.progress
            let sibling = try await progress.waitForSibling(reactor)
            _ = await stage.waitRegardless()
            return try ContainerProcess(
                follow(sibling, isWatched: isWatched),
                streams: ProgramStreams(followed.streams, reactor: reactor)
            )
        } catch {
            await end(stage, followed.progress)
            throw error
        }
    }

    /// Watches the process that took the stage's place.
    func follow(_ number: Int32, isWatched: Bool = true) throws -> ProcessExit {
        // It is our child and nobody but us reaps it, so the number is its own.
        let pidfd = nestbox_open_process(number)
        guard pidfd >= 0 else {
            throw ContainerError(
                .launch,
                "the program can't be watched",
                operation: "pidfd_open",
                errno: Errno(rawValue: -pidfd)
            )
        }
        let process = ProcessExit(LaunchedProcess(pid: number, pidfd: pidfd)) { _ in }
        if isWatched { try process.watch(by: reactor) }
        return process
    }

    /// Ends what a failed execution has left: the stage, and the process that took its place.
    func end(_ stage: ProcessExit, _ progress: LaunchProgress) async {
        _ = try? stage.send(.kill)
        _ = await stage.waitRegardless()
        guard let sibling = progress.sibling, let process = try? follow(sibling) else { return }
        _ = try? process.send(.kill)
        _ = await process.waitRegardless()
    }
}
