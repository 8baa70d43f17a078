// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import ContainerKit
internal import ContainerNetwork
internal import ImageStore
internal import Logging
public import ServiceLifecycle
internal import Synchronization
internal import VolumeStore

/// A container that belongs to this process: running, logged, published.
///
/// It needs ``run()`` to be looked after: as a `Service` of its own, by way of ``Nestbox/run(_:)``, or in
/// ``Nestbox/withContainer(_:streams:_:)``.
public final class ManagedContainer: Service {
    /// 64 hexadecimal digits.
    public let identifier: String
    /// The name.
    public let name: String

    private let engine: Nestbox
    private let container: Container
    private let directory: ContainerDirectory
    private let ports: [PortPublication]
    private let namespace: NetworkNamespace
    private let log: LogWriter
    private let streams: ContainerStreams
    private let state: Mutex<State>

    /// What is let go of at the end.
    private struct State {
        var record: ContainerRecord
        /// Says to others that this process lives.
        var lock: FileLock?
        /// Keeps the image's layers.
        var root: PreparedRootfs?
    }

    init(
        engine: Nestbox,
        container: Container,
        reservation: Reservation,
        ports: [PortPublication],
        root: PreparedRootfs,
        namespace: NetworkNamespace,
        log: LogWriter,
        streams: ContainerStreams
    ) {
        identifier = reservation.record.identifier
        name = reservation.record.name
        self.engine = engine
        self.container = container
        self.directory = reservation.directory
        self.ports = ports
        self.namespace = namespace
        self.log = log
        self.streams = streams
        state = Mutex(State(record: reservation.record, lock: reservation.lock, root: root))
    }

    /// The container as its record describes it.
    public var record: ContainerRecord { state.withLock { $0.record } }

    /// Records that the program runs, and puts the container behind its ports.
    func begin(mounts: [MountPoint]) throws {
        let record = state.withLock { state in
            state.record.mounts = mounts
            state.record.state.status = .running
            state.record.state.startedAt = .now()
            state.record.state.process = ProcessHandle.reference(to: container.processIdentifier)
            return state.record
        }
        try directory.record.write(record)
        for port in ports { try publish(at: port) }
    }

    /// Puts the container behind a port, its own or a service's.
    func publish(at port: PortPublication) throws {
        try port.add(identifier, in: namespace)
    }

    // MARK: Life

    /// Looks after the container until its program has ended: keeps its output, serves its ports, records its end.
    ///
    /// A graceful shutdown stops the program as ``stop(gracePeriod:)`` does, a cancellation kills it.
    public func run() async throws {
        await withTaskGroup(of: Bool.self) { tasks in
            tasks.addTask {
                await self.serve()
                return true
            }
            tasks.addTask {
                do { try await gracefulShutdown() } catch { return false }
                _ = try? await self.stop()
                return false
            }
            for await hasEnded in tasks where hasEnded { tasks.cancelAll() }
        }
    }

    /// Waits until the program has ended.
    ///
    /// - Returns: How it ended.
    /// - Throws: `CancellationError`.
    @discardableResult
    public func wait() async throws -> TerminationStatus {
        try await container.wait()
    }

    /// Asks the program to end, and kills it if it has not after a while.
    ///
    /// - Parameter gracePeriod: How long the program has; what the specification says where `nil`.
    /// - Returns: How it ended.
    /// - Throws: `ContainerKit/ContainerError`, or `CancellationError`.
    @discardableResult
    public func stop(gracePeriod: Duration? = nil) async throws -> TerminationStatus {
        try await container.stop(gracePeriod: gracePeriod ?? .seconds(record.stopTimeout))
    }

    /// Sends a signal to the container's process 1.
    ///
    /// - Throws: `ContainerKit/ContainerError` of code `invalidState` if it has ended.
    public func send(_ signal: Signal) throws {
        try container.send(signal)
    }

    /// What the container has used so far and uses now.
    public func usage() throws -> ResourceUsage {
        try container.usage()
    }

    /// Looks after the container until its program has ended.
    ///
    /// - Returns: How it ended.
    @discardableResult
    func serve() async -> TerminationStatus {
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await self.keep(self.container.standardOutput, .standardOutput) }
            tasks.addTask { await self.keep(self.container.standardError, .standardError) }
            for port in ports { tasks.addTask { await port.serve() } }
            let status = await end()
            for port in ports { port.stop(within: .zero) }
            // The program's end closed its streams: what is in them still is read, and that is all.
            await tasks.waitForAll()
            return await finish(status)
        }
    }

    private func keep(_ bytes: ByteSequence, _ stream: OutputStream) async {
        do {
            for try await chunk in bytes {
                log.write(chunk, to: stream)
                await streams.output?(stream, chunk)
            }
        } catch {
            engine.logger.debug("output is lost", metadata: ["container.id": "\(identifier)", "error": "\(error)"])
        }
    }

    /// Waits for the end, which a cancellation brings about.
    private func end() async -> TerminationStatus {
        if let status = try? await container.wait() { return status }
        _ = try? await container.kill()
        return await container.waitRegardless()
    }

    /// Records the end and lets go of everything that the running container held.
    private func finish(_ status: TerminationStatus) async -> TerminationStatus {
        log.finish()
        do { try await container.delete() } catch { note(error, "its control groups") }
        namespace.close()
        let record = state.withLock { state in
            state.record.state.end(exitCode: status.shellCode)
            return state.record
        }
        do {
            try directory.record.write(record)
            try await engine.volumes.releaseAll(owner: identifier)
        } catch {
            note(error, "its last record")
        }
        let lock = state.withLock { state in
            state.root = nil
            return state.lock.take()
        }
        lock?.leave("\(status.shellCode)")
        if record.isRemovedAtEnd {
            do { try await engine.discard(record, removesVolumes: true) } catch { note(error, "its directory") }
        }
        _ = consume lock
        return status
    }

    private func note(_ error: any Error, _ what: String) {
        engine.logger.warning(
            "something of an ended container stays",
            metadata: ["container.id": "\(identifier)", "what": "\(what)", "error": "\(error)"]
        )
    }
}
