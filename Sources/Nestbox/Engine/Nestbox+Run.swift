// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import ServiceLifecycle

extension Nestbox {
    /// Starts a container that this process looks after itself.
    ///
    /// - Parameters:
    ///   - specification: What to run.
    ///   - streams: What the program's streams are connected to.
    /// - Returns: The container, whose ``ManagedContainer/run()`` must be called.
    /// - Throws: ``NestboxError``; nothing is left behind then.
    public func launch(
        _ specification: ContainerSpecification,
        streams: ContainerStreams = ContainerStreams()
    ) async throws -> ManagedContainer {
        try await ContainerLaunch(engine: self, specification: specification, streams: streams).run()
    }

    /// Starts a container that ``run()``, the engine as a service, looks after.
    ///
    /// - Parameter specification: What to run.
    /// - Returns: The container.
    /// - Throws: ``NestboxError``; nothing is left behind then.
    @discardableResult
    public func run(_ specification: ContainerSpecification) async throws -> ManagedContainer {
        let container = try await launch(specification)
        supervised.sink.yield(container)
        return container
    }

    /// Runs a container for the duration of a closure.
    ///
    /// Whatever happens in the closure, and also if the task is cancelled, the program has ended when this returns, and
    /// the container is removed with its anonymous volumes.
    ///
    /// - Parameters:
    ///   - specification: What to run.
    ///   - streams: What the program's streams are connected to.
    ///   - body: What to do with the running container.
    /// - Returns: What the closure returns.
    /// - Throws: What the closure throws, or ``NestboxError``.
    public func withContainer<Value: Sendable>(
        _ specification: ContainerSpecification,
        streams: ContainerStreams = ContainerStreams(),
        _ body: (ManagedContainer) async throws -> Value
    ) async throws -> Value {
        var specification = specification
        specification.isRemovedAtEnd = true
        let container = try await launch(specification, streams: streams)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await container.serve() }
            let result: Result<Value, any Error>
            do {
                result = .success(try await body(container))
            } catch {
                result = .failure(error)
            }
            tasks.cancelAll()
            try await tasks.waitForAll()
            return try result.get()
        }
    }
}

extension Nestbox: Service {
    /// Looks after the containers that ``run(_:)`` starts, until a graceful shutdown, which stops them, or cancellation,
    /// which kills them.
    public func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { tasks in
                for await container in supervised.stream {
                    tasks.addTask { try? await container.run() }
                }
            }
        } onGracefulShutdown: {
            self.supervised.sink.finish()
        }
        try await close()
    }
}
