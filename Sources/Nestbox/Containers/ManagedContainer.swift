// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import ContainerKit
internal import Glibc
internal import Logging
public import ServiceLifecycle
internal import Synchronization
internal import SystemPackage
internal import VolumeStore

/// A container that belongs to this process: running, logged, published, and started again as its policy says.
///
/// It needs ``run()`` to be looked after: as a `Service` of its own, by way of ``Nestbox/run(_:)``, or in
/// ``Nestbox/withContainer(_:streams:_:)``.
public final class ManagedContainer: Service {
    /// 64 hexadecimal digits.
    public let identifier: String
    /// The name at its start.
    public let name: String

    let engine: Nestbox
    let directory: ContainerDirectory
    private let ports: ContainerPorts
    private let log: LogWriter
    private let streams: ContainerStreams
    private let attaching: AttachServer?
    private let ended = EndSignal<TerminationStatus>()
    private let pauses: PauseWatch
    private let state: Mutex<State>

    private struct State {
        var record: ContainerRecord
        /// The program's present life; the last one where it is not running.
        var run: ContainerRun
        /// Says to others that this process lives.
        var lock: FileLock?
    }

    private init(
        engine: Nestbox,
        reservation: Reservation,
        ports: ContainerPorts,
        streams: ContainerStreams,
        log: LogWriter,
        attaching: AttachServer?,
        pauses: PauseWatch,
        run: ContainerRun
    ) {
        self.attaching = attaching
        identifier = reservation.record.identifier
        name = reservation.record.name
        self.engine = engine
        directory = reservation.directory
        self.ports = ports
        self.streams = streams
        self.log = log
        self.pauses = pauses
        state = Mutex(State(record: reservation.record, run: run, lock: reservation.lock))
    }

    /// Starts the program of a container that is written down.
    ///
    /// - Throws: Why it can't be started; the record is left as it is.
    static func start(
        _ reservation: Reservation,
        ports: ContainerPorts,
        streams: ContainerStreams,
        on engine: Nestbox
    ) async throws -> ManagedContainer {
        var reservation = reservation
        reservation.record.ports = ports.published
        try FileVersion.remove(reservation.directory.stopMark)
        let log = try LogWriter(reservation.directory.log, limits: reservation.record.specification.log)
        // Before it has a volume: whoever copies that must find the watch.
        let pauses = try engine.watchPauses(of: reservation.record.identifier)
        let start = ContainerStart(engine: engine, record: reservation.record, ports: ports, streams: streams)
        let attaching = try attachServer(reservation.record, streams, in: reservation.directory)
        let run: ContainerRun
        do {
            run = try await start.run()
        } catch {
            attaching?.stop()
            throw error
        }
        let managed = ManagedContainer(
            engine: engine,
            reservation: reservation,
            ports: ports,
            streams: streams,
            log: log,
            attaching: attaching,
            pauses: pauses,
            run: run
        )
        do {
            try managed.noteStart(of: run)
            return managed
        } catch {
            attaching?.stop()
            ports.close(reservation.record.identifier)
            _ = try? await run.container.kill()
            _ = await run.end()
            throw error
        }
    }

    /// The container as its record describes it.
    public var record: ContainerRecord { state.withLock { $0.record } }

    private var present: ContainerRun { state.withLock { $0.run } }
    /// How published ports reach it.
    var connection: ContainerConnection { present.connection }
    /// How it is checked; `nil` if neither its image nor who started it says.
    var healthCheck: HealthCheck? { present.health }

    // MARK: Life

    /// Looks after the container until its program has ended for good: keeps its output, serves its ports, starts it
    /// again as its policy says, records its end.
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

    /// Waits until the program has ended for good.
    ///
    /// - Returns: How it ended.
    /// - Throws: `CancellationError`.
    @discardableResult
    public func wait() async throws -> TerminationStatus {
        guard record.specification.restart == .no else { return try await ended.wait() }
        return try await present.container.wait()
    }

    /// Asks the program to end, and kills it if it has not after a while.
    ///
    /// It is not started again.
    ///
    /// - Parameter gracePeriod: How long the program has; what the specification says where `nil`.
    /// - Returns: How it ended.
    /// - Throws: `ContainerKit/ContainerError`, or `CancellationError`.
    @discardableResult
    public func stop(gracePeriod: Duration? = nil) async throws -> TerminationStatus {
        directory.markStopped()
        try await engine.waitForCopies(of: identifier)
        return try await present.container.stop(gracePeriod: gracePeriod ?? record.gracePeriod)
    }

    /// Sends a signal to the container's process 1.
    ///
    /// - Throws: `ContainerKit/ContainerError` of code `invalidState` if it has ended.
    public func send(_ signal: Signal) throws {
        try present.container.send(signal)
    }

    /// What the container has used so far and uses now.
    public func usage() throws -> ResourceUsage {
        try present.container.usage()
    }

    /// What the program reads, or what is typed at its terminal; finished from the start unless it has a terminal.
    public var standardInput: StandardInputWriter { present.container.standardInput }

    /// The program's terminal, if it has one.
    public var terminal: Terminal? { present.container.terminal }

    /// Looks after the container until its program has ended for good.
    ///
    /// - Returns: How it ended.
    @discardableResult
    func serve() async -> TerminationStatus {
        await withTaskGroup(of: Void.self) { tasks in
            for port in ports.streams { tasks.addTask { await port.serve() } }
            if let attaching { tasks.addTask { await self.obey(attaching) } }
            let status = await live()
            attaching?.stop()
            for port in ports.streams { port.stop(within: .zero) }
            await tasks.waitForAll()
            return await finish(status)
        }
    }

    /// Follows the program through its lives.
    private func live() async -> TerminationStatus {
        var decision = RestartDecision(record.specification.restart)
        var status = await follow(present)
        var ran = present.duration
        while let pause = decision.next(after: status.shellCode, running: ran, isWanted: isEndWanted) {
            note { $0.state.status = .restarting }
            guard await rest(for: pause) else { break }
            let again = await liveAgain()
            status = again ?? .exited(128)
            ran = again == nil ? .zero : present.duration
        }
        ended.send(status)
        return status
    }

    /// Starts the program once more and follows it.
    ///
    /// - Returns: `nil` if it could not be started.
    private func liveAgain() async -> TerminationStatus? {
        var record = self.record
        record.restartCount += 1
        do {
            let run = try await ContainerStart(engine: engine, record: record, ports: ports, streams: streams).run()
            note { $0.restartCount = record.restartCount }
            state.withLock { $0.run = run }
            do { try noteStart(of: run) } catch { report(error, "the record of its start") }
            return await follow(run)
        } catch {
            note { record in
                record.restartCount += 1
                record.state.error = "\(error)"
            }
            return nil
        }
    }

    private func follow(_ run: ContainerRun) async -> TerminationStatus {
        let health = healthMonitor(of: run)
        let status = await run.serve(health: health, note: noteHealth) { bytes, stream in
            await self.keep(bytes, stream)
        }
        ports.close(identifier)
        log.finish()
        if let failure = await run.end() { report(failure, "its control groups") }
        return status
    }

    private func noteHealth(_ health: HealthState, isOther: Bool) {
        note { $0.state.health = health }
        guard isOther else { return }
        engine.eventLog.post(.health, of: record, ["health": health.status.rawValue])
    }

    private func healthMonitor(of run: ContainerRun) -> HealthMonitor? {
        guard let check = run.health, !check.command.isEmpty else { return nil }
        return HealthMonitor(
            check: check,
            container: run.container,
            process: run.process,
            security: run.security,
            isStill: { [pauses = directory.pauses] in PauseHold.isHeld(pauses) }
        )
    }

    private var isEndWanted: Bool { Task.isCancelled || directory.isMarkedStopped }

    /// Waits for the next start.
    ///
    /// - Returns: Whether it is still wanted.
    private func rest(for pause: Duration) async -> Bool {
        let end = ContinuousClock.now + pause
        while ContinuousClock.now < end {
            if isEndWanted { return false }
            try? await Task.sleep(for: min(.milliseconds(50), ContinuousClock.now.duration(to: end)))
        }
        return !isEndWanted
    }

    private func keep(_ bytes: ByteSequence, _ stream: OutputStream) async {
        do {
            for try await chunk in bytes {
                log.write(chunk, to: stream)
                attaching?.send(chunk, of: stream)
                await streams.output?(stream, chunk)
            }
        } catch {
            engine.logger.debug("output is lost", metadata: ["container.id": "\(identifier)", "error": "\(error)"])
        }
    }

    // MARK: Records

    private func noteStart(of run: ContainerRun) throws {
        let record = state.withLock { state in
            state.record.mounts = run.mounts
            state.record.isComplete = true
            state.record.state = ContainerRecord.State()
            state.record.state.status = .running
            state.record.state.startedAt = .now()
            state.record.state.reference = try? run.container.reference()
            state.record.state.process = ProcessHandle.reference(to: run.container.processIdentifier)
            return state.record
        }
        try write(record)
        engine.eventLog.post(.start, of: record)
    }

    private func note(_ change: (inout ContainerRecord) -> Void) {
        let record = state.withLock { state in
            change(&state.record)
            return state.record
        }
        do { try write(record) } catch { report(error, "its record") }
    }

    /// Writes the record; the name may have been changed by others meanwhile.
    private func write(_ record: ContainerRecord) throws {
        try engine.withRecordLock(record.identifier) {
            var record = record
            if let present = try? directory.record.read() { record.takeChanges(of: present) }
            // One that is removed at its end does not outlive a power failure anyway.
            try directory.record.write(record, isDurable: !record.isRemovedAtEnd)
        }
    }

    /// Records the end and lets go of everything that the container held.
    private func finish(_ status: TerminationStatus) async -> TerminationStatus {
        let record = state.withLock { state in
            state.record.state.end(exitCode: status.shellCode)
            return state.record
        }
        do {
            try write(record)
            try await engine.volumes.releaseAll(owner: identifier)
        } catch {
            report(error, "its last record")
        }
        let lock = state.withLock { $0.lock.take() }
        lock?.leave("\(status.shellCode)")
        engine.eventLog.post(.die, of: record, ["exitCode": "\(status.shellCode)"])
        if record.isRemovedAtEnd {
            // It may have another name by now.
            let last = (try? directory.record.read()) ?? record
            do { try await engine.discard(last, removesVolumes: true) } catch { report(error, "its directory") }
        }
        _ = consume lock
        return status
    }

    private func report(_ error: any Error, _ what: String) {
        engine.logger.warning(
            "something of an ended container stays",
            metadata: ["container.id": "\(identifier)", "what": "\(what)", "error": "\(error)"]
        )
    }
}

extension ContainerDirectory {
    /// Someone wants the container to end, and not to be started again.
    func markStopped() {
        let mark = open(stopMark.string, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if mark >= 0 { close(mark) }
    }

    var isMarkedStopped: Bool { FileVersion(stopMark) != nil }
}
