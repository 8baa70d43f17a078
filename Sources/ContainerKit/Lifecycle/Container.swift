// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Synchronization
internal import SystemPackage

/// A container: one program in namespaces of its own, with its limits, streams and end.
///
/// It is bound to the process and the ``ContainerRuntime`` that made it and dies with either. Prefer
/// ``ContainerRuntime/withContainer(_:_:)``, after which nothing of it is left.
public final class Container: Sendable {
    /// The name it was created with.
    public let identifier: String

    /// What the program writes to its standard output; empty unless configured as ``StreamDestination/stream``.
    public let standardOutput: ByteSequence

    /// What the program writes to its standard error; empty unless configured as ``StreamDestination/stream``.
    public let standardError: ByteSequence

    /// What the program reads; finished from the start unless configured as ``StreamSource/stream``.
    public let standardInput: StandardInputWriter

    /// The program's terminal; `nil` unless it was configured with one.
    public let terminal: Terminal?

    let configuration: ContainerConfiguration
    let runtime: ContainerRuntime
    let process: ProcessExit
    let group: Cgroup?
    private let launch: LaunchProgress
    let life: Mutex<ContainerLife>

    init(
        _ configuration: ContainerConfiguration,
        runtime: ContainerRuntime,
        process: ProcessExit,
        group: Cgroup?,
        launch: LaunchProgress,
        streams: ProgramStreams,
        isStarted: Bool
    ) {
        identifier = configuration.identifier
        self.configuration = configuration
        self.runtime = runtime
        self.process = process
        self.group = group
        self.launch = launch
        life = Mutex(ContainerLife(isStarted: isStarted))
        standardInput = streams.standardInput
        standardOutput = streams.standardOutput
        standardError = streams.standardError
        terminal = streams.terminal
    }

    // MARK: State

    /// Where the container is in its life.
    public var state: ContainerState {
        life.withLock { life in
            if let status = process.status { life.end(status) }
            return life.state
        }
    }

    /// The number of the container's process 1 as the host sees it.
    ///
    /// It says nothing once the program has ended.
    public var processIdentifier: Int32 {
        process.pid
    }

    // MARK: Life

    /// Starts the program of a container that was created.
    ///
    /// - Throws: ``ContainerError``: `invalidState` unless it has been created and not started; else the reason why the
    ///   program could not be executed or a hook of ``Hooks/poststart`` failed, in which case nothing of the container
    ///   is left.
    public func start() async throws {
        let result: Result<Void, ContainerError> = life.withLock { life in
            if let status = process.status { life.end(status) }
            do throws(ContainerError) {
                try life.start()
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
        launch.openGate()
        do {
            try await launch.waitForProgram(runtime.reactor)
        } catch {
            _ = await killRegardless()
            try? await delete()
            throw error
        }
        try await announceStart()
    }

    /// Leaves the start to whoever has the launch's files.
    package func handOver() {
        launch.handOver()
    }

    /// Runs the hooks that are due when the program has been started.
    ///
    /// - Throws: What made one fail; nothing of the container is left then.
    func announceStart() async throws {
        do {
            try await runtime.runPoststartHooks(configuration, processIdentifier: process.pid)
        } catch {
            _ = await killRegardless()
            try? await delete()
            throw error
        }
    }

    /// Waits until the program has ended.
    ///
    /// - Returns: How it ended. Ask as often as you like.
    /// - Throws: `CancellationError` if the task is cancelled; the container goes on.
    @discardableResult
    public func wait() async throws -> TerminationStatus {
        try await process.wait()
    }

    /// Sends a signal to the container's process 1.
    ///
    /// As on any system, the kernel drops signals to process 1 that it has no handler for, but for `SIGKILL` and
    /// `SIGSTOP` from outside. Configure ``ContainerConfiguration/runsInit`` for programs that count on defaults.
    ///
    /// - Parameter signal: The signal.
    /// - Throws: ``ContainerError`` of code `invalidState` if the program has ended.
    public func send(_ signal: Signal) throws {
        try process.deliver(signal)
    }

    /// Asks the program to end, and kills it if it has not after a while.
    ///
    /// - Parameter gracePeriod: How long the program has between ``ContainerConfiguration/stopSignal`` and `SIGKILL`.
    /// - Returns: How it ended.
    /// - Throws: `CancellationError` if the task is cancelled while waiting; the program may still be running then.
    @discardableResult
    public func stop(gracePeriod: Duration = .seconds(10)) async throws -> TerminationStatus {
        if let status = process.status { return status }
        // A stage that waits to be started has nothing to end in good order.
        if state == .created { return try await kill() }
        do {
            if try !process.send(configuration.stopSignal) { return try await wait() }
        } catch let errno as Errno {
            throw ContainerError(
                .process,
                "the container can't be asked to stop",
                operation: "pidfd_send_signal",
                errno: errno
            )
        }
        let process = process
        let ended = try await withThrowingTaskGroup(of: TerminationStatus?.self) { tasks in
            tasks.addTask { try await process.wait() }
            tasks.addTask {
                try await Task.sleep(for: gracePeriod)
                return nil
            }
            defer { tasks.cancelAll() }
            return try await tasks.next() ?? nil
        }
        if let ended { return ended }
        return try await kill()
    }

    /// Kills every process of the container and waits for its end.
    ///
    /// - Returns: How the program ended: killed, unless it had ended before.
    /// - Throws: ``ContainerError`` if the kernel does not let go of a process within 2 s, or `CancellationError`.
    @discardableResult
    public func kill() async throws -> TerminationStatus {
        try killAll()
        return try await wait()
    }

    /// Removes what is left of a container whose program has ended.
    ///
    /// Doing so again has no effect.
    ///
    /// - Throws: ``ContainerError``: `invalidState` while the program runs; `cgroup` if processes that it left behind
    ///   in a shared process namespace can't be killed.
    public func delete() async throws {
        _ = try await deleteAndTell()
    }

    /// As ``delete()``.
    ///
    /// - Returns: What hooks of ``Hooks/poststop`` failed by.
    package func deleteAndTell() async throws -> [any Error] {
        let result: Result<Bool, ContainerError> = life.withLock { life in
            if let status = process.status { life.end(status) }
            do throws(ContainerError) {
                return .success(try life.delete())
            } catch {
                return .failure(error)
            }
        }
        guard try result.get() else { return [] }
        defer { runtime.forget(self) }
        standardInput.finish()
        await runtime.disconnect(identifier)
        if let group {
            if configuration.namespaces.process != .new { try group.kill() }
            try group.remove()
        }
        return await runtime.runLateHooks(
            configuration.hooks.poststop,
            configuration,
            processIdentifier: process.pid,
            status: "stopped"
        )
    }

    /// Ends and removes the container, whatever state it is in and also in a cancelled task.
    func discard() async throws {
        _ = await killRegardless()
        try await delete()
    }

    /// Waits until the program has ended, also in a task that has been cancelled: after a kill.
    package func waitRegardless() async -> TerminationStatus {
        await process.waitRegardless()
    }

    /// Kills the program of a container that is about to be discarded; its end is not waited for.
    func killEarly() {
        try? killAll()
    }

    private func killRegardless() async -> TerminationStatus {
        try? killAll()
        return await waitRegardless()
    }

    private func killAll() throws {
        do {
            _ = try process.send(.kill)
        } catch {
            throw ContainerError(
                .process,
                "the container can't be killed",
                operation: "pidfd_send_signal",
                errno: error
            )
        }
        // The end of a process namespace's first process is the end of all. Others, and paused ones, need their group;
        // another process may have paused it.
        if let group, configuration.namespaces.process != .new || (try? group.isFrozen) == true { try group.kill() }
    }
}
