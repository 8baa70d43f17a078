// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc
public import Logging
internal import Synchronization
internal import SystemPackage

/// Runs containers within this process: no daemon, no helper program.
///
/// It keeps two threads whatever the number of containers: one that clones, one that waits. Containers are bound to the
/// runtime: they end when it is closed, and the kernel kills them when the process ends, in whatever way. A container that
/// has not been deleted keeps its runtime.
///
/// Without root a container gets a user namespace of its own: its root is the user that this process is, and its other
/// users are those that `/etc/subuid` and `/etc/subgid` grant (with `newuidmap` and `newgidmap` of the package `uidmap`;
/// without either it has root alone). Limits need control groups that have been delegated to this process; a container
/// that asks for none needs none.
///
/// ```swift
/// let runtime = try ContainerRuntime()
/// var configuration = ContainerConfiguration(
///     rootFilesystem: .directory("/srv/rootfs"),
///     process: ProcessConfiguration(["/bin/echo", "hello"], output: .stream)
/// )
/// configuration.resources.memory.limit = .mebibytes(64)
/// let text = try await runtime.withContainer(configuration) { container in
///     try await container.standardOutput.collect(upTo: 1 << 20)
/// }
/// ```
public final class ContainerRuntime: Sendable {
    private struct State {
        var reserved: Set<String> = []
        var containers: [String: Container] = [:]
        var isClosed = false
    }

    let reactor: Reactor
    let launcher: Launcher
    let seccomp: SeccompFilterCache
    let groups: CgroupTree
    let fault: @Sendable () -> LaunchFault
    let logger: Logger
    let users = UserNamespaceCache()
    let rights: HostRights
    /// What connects containers to the host's network without rights, by container.
    let connections = Mutex<[String: ProcessExit]>([:])
    private let state = Mutex(State())

    /// Makes a runtime, and kills and removes what containers of dead runtimes have left.
    ///
    /// - Parameters:
    ///   - configuration: Where its control groups go.
    ///   - logger: Hears what the runtime does, at debug level, and at warning and error level of what failed without
    ///     a call that could throw it. By default nobody does.
    /// - Throws: ``ContainerError`` if there can be no more threads or descriptors, or the layout of control groups
    ///   can't be read.
    public convenience init(
        configuration: Configuration = Configuration(),
        logger: Logger = Logger(label: "nestbox.containers", factory: { _ in SwiftLogNoOpLogHandler() })
    ) throws {
        try self.init(configuration: configuration, logger: logger, fault: { .none })
    }

    /// Makes a runtime whose launches fail where a test says.
    package init(
        configuration: Configuration,
        logger: Logger,
        fault: @escaping @Sendable () -> LaunchFault,
        rights: HostRights = .current()
    ) throws {
        Self.openMissingStandardStreams()
        self.rights = rights
        self.fault = fault
        self.logger = logger
        seccomp = SeccompFilterCache(store: configuration.filters)
        let hook: CgroupHook = { operation, path in try fault().before(operation, path) }
        groups = try CgroupTree(
            layout: .current(),
            parentPath: CgroupPath(configuration.cgroupParent),
            hook: hook,
            isDetached: configuration.isDetached
        )
        reactor = try Reactor()
        launcher = try Launcher()
        let sweep = configuration.isDetached ? CgroupSweep() : groups.sweep()
        if sweep.removed > 0 {
            logger.debug("removed control groups of dead runtimes", metadata: ["cgroup.count": "\(sweep.removed)"])
        }
        for failure in sweep.failures {
            logger.warning("a dead runtime's control group stays", metadata: ["error": "\(failure)"])
        }
        try reactor.start()
        do {
            try launcher.start()
            if !configuration.isDetached { try seccomp.warmUp() }
        } catch {
            launcher.close()
            reactor.close()
            throw error
        }
    }

    deinit {
        launcher.close()
        reactor.close()
    }

    // MARK: Containers

    /// Sets a container up, up to the point where its program would start.
    ///
    /// - Parameter configuration: What to set up.
    /// - Returns: The container, to be started, and to be deleted in the end.
    /// - Throws: ``ContainerError`` with the operation, path and reason; nothing is left behind then.
    public func create(_ configuration: ContainerConfiguration) async throws -> Container {
        try await launch(configuration, waitsForStart: true)
    }

    /// Sets a container up and starts its program.
    ///
    /// - Parameter configuration: What to run.
    /// - Returns: The container, to be deleted in the end.
    /// - Throws: ``ContainerError`` with the operation, path and reason; nothing is left behind then.
    public func run(_ configuration: ContainerConfiguration) async throws -> Container {
        let container = try await launch(configuration, waitsForStart: false)
        try await container.announceStart()
        return container
    }

    /// Runs a container for the duration of a closure.
    ///
    /// Whatever happens in the closure, and also if the task is cancelled, every process of the container has ended and
    /// nothing of it is left when this returns.
    ///
    /// - Parameters:
    ///   - configuration: What to run.
    ///   - body: What to do with the running container.
    /// - Returns: What the closure returns.
    /// - Throws: What the closure throws, or ``ContainerError``.
    public func withContainer<Value: Sendable>(
        _ configuration: ContainerConfiguration,
        _ body: (Container) async throws -> Value
    ) async throws -> Value {
        let container = try await run(configuration)
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(container))
        } catch {
            result = .failure(error)
        }
        try await container.discard()
        return try result.get()
    }

    /// The containers that have not been deleted.
    public var containers: [Container] {
        state.withLock { Array($0.containers.values) }
    }

    /// Kills and removes all containers and ends the runtime's threads.
    ///
    /// Doing so again has no effect.
    ///
    /// - Throws: ``ContainerError`` for the first container that could not be removed.
    public func close() async throws {
        let isFirst = state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        guard isFirst else { return }
        var first: (any Error)?
        let ending = containers
        // The kernel takes them down at the same time, while what the first ones leave is removed.
        for container in ending { container.killEarly() }
        for container in ending {
            do { try await container.discard() } catch { first = first ?? error }
        }
        launcher.close()
        reactor.close()
        do { try groups.close() } catch { first = first ?? error }
        if let first { throw first }
    }

    func forget(_ container: Container) {
        state.withLock { state in
            state.containers[container.identifier] = nil
            state.reserved.remove(container.identifier)
        }
        logger.debug("deleted a container", metadata: ["container.id": "\(container.identifier)"])
    }

    // MARK: Launch

    private func launch(_ asked: ContainerConfiguration, waitsForStart: Bool) async throws -> Container {
        let configuration = try asked.adapted(to: rights, controlsDevices: groups.controls(.devices))
        try configuration.validate()
        if rights.maySetUp, !rights.isNested, configuration.userModeNetwork != nil {
            throw ContainerError(
                .unsupported,
                "a user-mode network is for processes without root; pasta does not run as root"
            )
        }
        let joined = try configuration.namespaces.joinedMount.map { try JoinedMounts($0, fault: fault()) }
        try DeviceMoves(configuration.networkDevices).check()
        try reserve(configuration.identifier)
        do {
            let container = try await launchReserved(configuration, joined, waitsForStart: waitsForStart)
            state.withLock { $0.containers[configuration.identifier] = container }
            logger.debug("launched a container", metadata: ["container.id": "\(configuration.identifier)"])
            return container
        } catch {
            _ = state.withLock { $0.reserved.remove(configuration.identifier) }
            logger.debug(
                "could not launch a container",
                metadata: ["container.id": "\(configuration.identifier)", "error": "\(error)"]
            )
            // A container that a hook has ended is gone like any other.
            if (error as? ContainerError)?.code == .hook { await runPoststopHooks(configuration) }
            throw error
        }
    }

    private func reserve(_ identifier: String) throws(ContainerError) {
        let error: ContainerError? = state.withLock { state in
            if state.isClosed { return ContainerError(.runtimeClosed, "the runtime has been closed") }
            if state.reserved.insert(identifier).inserted { return nil }
            return ContainerError(.duplicateIdentifier, "a container named '\(identifier)' exists already")
        }
        if let error { throw error }
    }

    private func launchReserved(
        _ configuration: ContainerConfiguration,
        _ joined: JoinedMounts?,
        waitsForStart: Bool
    ) async throws -> Container {
        let location = configuration.cgroupPath.map { CgroupLocation.path($0) } ?? .runtime(configuration.identifier)
        let group = try groups.makeGroup(
            at: location,
            resources: configuration.resources,
            isLeftOut: !configuration.hasGroups
        )
        do {
            return try await launch(configuration, joined, in: group, waitsForStart: waitsForStart)
        } catch {
            await disconnect(configuration.identifier)
            try? group.remove()
            throw error
        }
    }

    /// Clones and follows the stage.
    ///
    /// When this throws, no process is left.
    private func launch(
        _ configuration: ContainerConfiguration,
        _ joined: JoinedMounts?,
        in group: Cgroup,
        waitsForStart: Bool
    ) async throws -> Container {
        let fault = fault()
        let maps = try await users.handles(for: configuration.identityMaps, by: launcher)
        let prepared = try LaunchPreparation(
            configuration: configuration,
            group: group,
            seccomp: seccomp,
            waitsForStart: waitsForStart,
            maps: maps,
            joined: joined,
            rights: rights,
            fault: fault
        ).prepare()
        try fault.before("clone")
        let launched = try await launcher.launch(prepared)
        let stage = ProcessExit(launched) { _ in }
        try stage.watch(by: reactor)
        // The program's ends of streams and pipes must not stay open here: their closing is what tells of the end.
        let followed = prepared.afterClone()
        return try await follow(followed, stage, configuration, group, waitsForStart: waitsForStart)
    }

    /// Follows the stage until its program runs or waits to be started.
    private func follow(
        _ followed: consuming FollowedLaunch,
        _ stage: ProcessExit,
        _ configuration: ContainerConfiguration,
        _ group: Cgroup,
        waitsForStart: Bool
    ) async throws -> Container {
        let launch = followed.progress
        var process = stage
        let devices = DeviceMoves(configuration.networkDevices)
        do {
            if let stop = followed.stop.take() {
                try await runEarlyHooks(stop, configuration, launch, devices, process: stage)
            }
            let enters = configuration.namespaces.entersBeforeMaking
            if waitsForStart {
                try await launch.waitForGate(reactor)
            } else if enters {
                _ = try await launch.waitForSibling(reactor)
            } else {
                try await launch.waitForProgram(reactor)
            }
            if enters, let sibling = launch.sibling {
                _ = await stage.waitRegardless()
                process = try self.follow(sibling)
            }
            return Container(
                configuration,
                runtime: self,
                process: process,
                group: group,
                launch: launch,
                streams: try ProgramStreams(followed.streams, reactor: reactor),
                isStarted: !waitsForStart
            )
        } catch {
            bringBack(devices, from: configuration)
            if process === stage {
                await end(stage, launch)
            } else {
                _ = try? process.send(.kill)
                _ = await process.waitRegardless()
            }
            throw error
        }
    }

    /// A server that has closed a standard stream would get its number for a descriptor of ours, which the child then
    /// takes for its own stream.
    private static func openMissingStandardStreams() {
        for number in CInt(0)...2 where fcntl(number, F_GETFD) < 0 {
            let null = open("/dev/null", O_RDWR)
            if null >= 0, null != number { Glibc.close(null) }
        }
    }
}
