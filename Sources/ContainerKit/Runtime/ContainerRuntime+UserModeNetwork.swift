// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc
internal import Synchronization
internal import SystemPackage

extension ContainerRuntime {
    /// Connects the network of a container that is held back, and has it disconnected when the container's first process
    /// ends.
    ///
    /// - Parameters:
    ///   - network: By what.
    ///   - identifier: The container.
    ///   - number: Its first process as the host counts.
    ///   - process: The process whose end is the connection's.
    /// - Throws: ``ContainerError``; nothing of the connection is left then.
    func connect(
        _ network: UserModeNetwork,
        to identifier: String,
        number: Int32,
        until process: ProcessExit
    ) async throws {
        try requireTunnels()
        let ready = try launchStep("open network pipe") { () throws(Errno) in try Pipe() }
        var end: Descriptor?
        let word = ready.takeRead(leavingWriteTo: &end)
        guard let written = end.take() else { return }
        // A program that finds this end closed takes the host application for dead and ends.
        var host: Descriptor?
        defer { host = nil }
        let connection = try await startNetwork(network, number: number, ready: written, host: &host)
        connections.withLock { $0[identifier] = connection }
        process.whenEnded { _ in _ = try? connection.send(.terminate) }
        try await waitUntilConnected(connection, word.rawValue, network)
    }

    /// Waits until a container's connection is gone.
    func disconnect(_ identifier: String) async {
        guard let connection = connections.withLock({ $0.removeValue(forKey: identifier) }) else { return }
        _ = try? connection.send(.terminate)
        _ = await connection.waitRegardless()
    }

    private func requireTunnels() throws(ContainerError) {
        guard access("/dev/net/tun", R_OK | W_OK) == 0 else {
            throw ContainerError(
                .unsupported,
                "a user-mode network needs a /dev/net/tun that this user may open",
                operation: "access",
                path: "/dev/net/tun",
                errno: Errno(rawValue: errno)
            )
        }
    }

    /// The program runs below a small process of ours, which passes the signal of this process's death on: the program
    /// itself enters a user namespace, and the kernel forgets such a signal then.
    private func startNetwork(
        _ network: UserModeNetwork,
        number: Int32,
        ready: consuming Descriptor,
        host: inout Descriptor?
    ) async throws -> ProcessExit {
        var program = ProcessConfiguration(network.arguments(for: number))
        program.environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]
        var slots = DescriptorTable()
        let parts = LaunchParts(process: program, fault: fault())
        let status = try parts.openStatus(&slots, &host)
        let plan = LaunchPlan(
            namespaces: [],
            userNamespace: nil,
            slotCount: slots.values.count,
            statusSlot: status,
            operations: [
                .parentDeathSignal(.terminate), .newSession, .descriptors([]),
                .defaultSignals(ignored: IgnoredSignals.now()), .runInit,
                .execute(
                    candidates: [network.program.string],
                    arguments: program.arguments,
                    environment: program.environment
                ),
            ]
        )
        let memory = try parts.write(plan, slots.values)
        let null = try launchStep("open null device") { () throws(Errno) -> Descriptor in
            let opened = open("/dev/null", O_RDWR | O_CLOEXEC)
            guard opened >= 0 else { throw Errno(rawValue: errno) }
            return try Descriptor(owning: opened).aboveStandardStreams()
        }
        try fault().before("clone network")
        let launched = try await launcher.launch(
            plan,
            memory: memory.descriptor.rawValue,
            size: memory.size,
            descriptors: slots.values,
            streams: (null.rawValue, ready.rawValue, 2),
            cgroup: nil
        )
        let process = ProcessExit(launched) { _ in }
        try process.watch(by: reactor)
        return process
    }

    /// The program tells its number when all is set up.
    private func waitUntilConnected(
        _ connection: ProcessExit,
        _ word: CInt,
        _ network: UserModeNetwork
    ) async throws {
        let reactor = reactor
        let isInTime = try await withThrowingTaskGroup(of: Bool.self) { tasks in
            tasks.addTask {
                try await reactor.ready(.readable, word)
                return true
            }
            tasks.addTask {
                try await Task.sleep(for: .seconds(30))
                return false
            }
            defer { tasks.cancelAll() }
            return try await tasks.next() ?? false
        }
        var text = [UInt8](repeating: 0, count: 32)
        if isInTime, read(word, &text, text.count) > 0 { return }
        if !isInTime { _ = try? connection.send(.kill) }
        let status = await connection.waitRegardless()
        throw ContainerError(
            .namespace,
            "the container's network can't be connected: \(network.program) "
                + (isInTime ? "\(status); its words are on the standard error" : "took too long"),
            operation: "run \(network.program)",
            path: network.program
        )
    }
}
