// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A running container that another process or runtime has made.
///
/// It can be entered, signalled, paused, limited and measured. Its maker alone learns how its program ended and removes
/// what is left of it.
public final class FoundContainer: Sendable {
    /// The name it was created with.
    public let identifier: String

    private let process: ProcessExit
    private let group: Cgroup?
    private let namespaces: NamespaceKind
    private let hasOwnRoot: Bool
    private let seccomp: SeccompPolicy
    private let capabilities: CapabilitySet
    private let runtime: ContainerRuntime

    init(
        _ reference: ContainerReference,
        process: ProcessExit,
        group: Cgroup?,
        namespaces: NamespaceKind,
        seccomp: SeccompPolicy,
        runtime: ContainerRuntime
    ) {
        identifier = reference.identifier
        self.process = process
        self.group = group
        self.namespaces = namespaces
        hasOwnRoot = reference.joinsMounts
        self.seccomp = seccomp
        self.capabilities = CapabilitySet(rawValue: reference.capabilities)
        self.runtime = runtime
    }

    /// The number of the container's first process as the host sees it.
    public var processIdentifier: Int32 {
        process.pid
    }

    /// Whether its program still runs.
    public var isRunning: Bool {
        process.status == nil
    }

    /// Waits until the program has ended.
    ///
    /// - Throws: `CancellationError` if the task is cancelled.
    public func waitUntilEnded() async throws {
        _ = try await process.wait()
    }

    /// Sends a signal to the container's first process.
    ///
    /// - Parameter signal: The signal.
    /// - Throws: ``ContainerError`` of code `invalidState` if the program has ended.
    public func send(_ signal: Signal) throws {
        try process.deliver(signal)
    }

    /// Kills every process of the container, paused or not.
    ///
    /// - Throws: ``ContainerError`` if the kernel does not let go of a process within 2 s.
    public func kill() throws {
        _ = try? process.send(.kill)
        try group?.kill()
    }

    /// Runs a further program in the container; see ``Container/execute(_:)``.
    ///
    /// - Parameter process: What to run.
    /// - Returns: The running program, which dies with this process.
    /// - Throws: ``ContainerError`` with the operation that failed and the reason.
    public func execute(_ process: ProcessConfiguration) async throws -> ContainerProcess {
        try await runtime.execute(process, in: target(isBound: true))
    }

    /// Where further programs run.
    func target(isBound: Bool) -> RunningTarget {
        RunningTarget(
            process: process,
            namespaces: namespaces,
            hasOwnRoot: hasOwnRoot,
            group: group,
            seccomp: seccomp,
            capabilities: capabilities,
            isBound: isBound
        )
    }

    /// Stops all of the container's processes where they are.
    ///
    /// - Throws: ``ContainerError`` if this machine has no freezer.
    public func pause() throws {
        try requireGroup("paused").freeze()
    }

    /// Lets the container's processes go on.
    ///
    /// - Throws: ``ContainerError`` if this machine has no freezer.
    public func resume() throws {
        try requireGroup("resumed").thaw()
    }

    /// Whether its processes are stopped by ``pause()``.
    ///
    /// - Returns: `false` also where this machine has no freezer.
    /// - Throws: ``ContainerError`` if its control groups can't be read.
    public func isPaused() throws -> Bool {
        try group?.isFrozen ?? false
    }

    /// Changes the container's limits.
    ///
    /// - Parameter resources: The new limits; those that are `nil` stay.
    /// - Throws: ``ContainerError``, with the old limits in force.
    public func update(_ resources: Resources) throws {
        try requireGroup("updated").update(resources)
    }

    /// What the container has used so far and uses now.
    ///
    /// - Throws: ``ContainerError`` if its control groups can't be read.
    public func usage() throws -> ResourceUsage {
        try requireGroup("measured").usage()
    }

    /// What the container uses, measured at an interval until its program has ended.
    ///
    /// - Parameter interval: The time between two measurements.
    /// - Returns: The measurements.
    public func usage(every interval: Duration) -> UsageSequence {
        UsageSequence(interval: interval, hasEnded: { !self.isRunning }, measure: { try self.usage() })
    }

    /// The container's processes now.
    ///
    /// - Returns: The processes, in the order of their start.
    /// - Throws: ``ContainerError`` if its control groups can't be read.
    public func processes() throws -> [ProcessInformation] {
        try requireGroup("looked into").processInformation()
    }

    private func requireGroup(_ action: String) throws(ContainerError) -> Cgroup {
        guard let group else {
            throw ContainerError(.unsupported, "the container can't be \(action): it has no control groups")
        }
        return group
    }

    /// Runs a program that outlives this process.
    ///
    /// - Parameters:
    ///   - process: What to run.
    ///   - isWatched: Whether its end is waited for here; if not, it is left to whoever becomes its parent.
    /// - Returns: The program.
    /// - Throws: ``ContainerError`` with the operation that failed.
    package func executeDetached(
        _ process: ProcessConfiguration,
        isWatched: Bool
    ) async throws -> ContainerProcess {
        try await runtime.execute(process, in: target(isBound: false), isWatched: isWatched)
    }
}
