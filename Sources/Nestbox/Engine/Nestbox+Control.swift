// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import ContainerKit
internal import SystemPackage
internal import VolumeStore

/// What can be done to any container, whichever process it belongs to.
extension Nestbox {
    /// Asks a container's program to end, kills it if it has not after a while, and waits for its last record.
    ///
    /// One that does not run is left as it is.
    ///
    /// - Parameters:
    ///   - text: The container.
    ///   - gracePeriod: How long the program has; what was said at its start where `nil`.
    /// - Throws: ``NestboxError``, or `CancellationError`.
    public func stop(_ text: String, gracePeriod: Duration? = nil) async throws {
        let record = try container(text)
        guard let watch = try watch(record) else { return }
        layout.container(record.identifier).markStopped()
        // Its last words belong in no copy that was begun before them.
        try await waitForCopies(of: record.identifier)
        thaw(record)
        let signal = Signal(rawValue: record.stopSignal)
        if try send(signal, to: record) {
            let grace = gracePeriod ?? record.gracePeriod
            if try await watch.wait(atMost: grace) { return eventLog.post(.stop, of: record) }
            _ = try send(.kill, to: record)
        }
        try await expectEnd(record, watch)
        eventLog.post(.stop, of: record)
    }

    /// Sends a signal to a container's process 1; after `SIGKILL` waits for its last record.
    ///
    /// - Throws: ``NestboxError``: `notRunning` if it has ended.
    public func kill(_ text: String, signal: Signal = .kill) async throws {
        let record = try container(text)
        guard let watch = try watch(record) else { throw Self.notRunning(text) }
        if signal == .kill { layout.container(record.identifier).markStopped() }
        guard try send(signal, to: record) || record.state.status == .restarting else { throw Self.notRunning(text) }
        guard signal == .kill else { return }
        thaw(record)
        try await expectEnd(record, watch)
    }

    /// Waits until a container has ended.
    ///
    /// - Returns: The exit code as shells have it.
    /// - Throws: ``NestboxError``, or `CancellationError`.
    public func wait(_ text: String) async throws -> Int {
        let record = try container(text)
        if let watch = try watch(record) {
            _ = try await watch.wait()
            // The record of a container that is removed at its end may be gone by now; this word stays.
            if let code = Int(watch.lastWord) { return code }
        }
        return try layout.container(record.identifier).record.read().state.exitCode ?? 0
    }

    /// Removes a container that has ended.
    ///
    /// - Parameters:
    ///   - text: The container.
    ///   - isForced: Whether one that runs is killed first.
    ///   - removesVolumes: Whether its anonymous volumes go too.
    /// - Throws: ``NestboxError``: `running` if it runs and `isForced` is not set.
    public func remove(_ text: String, isForced: Bool = false, removesVolumes: Bool = false) async throws {
        let record = try container(text)
        if let watch = try watch(record) {
            guard isForced else {
                let reason = record.state.status.hindrance
                throw NestboxError(
                    .running,
                    "container '\(text)' can't be removed: \(reason); stop it first, or remove it by force"
                )
            }
            layout.container(record.identifier).markStopped()
            _ = try send(.kill, to: record)
            thaw(record)
            try await expectEnd(record, watch)
        }
        try await discard(record, removesVolumes: removesVolumes || record.isRemovedAtEnd)
    }

    /// A container's output.
    ///
    /// - Parameters:
    ///   - text: The container.
    ///   - tail: How many of the last entries to begin with; all where `nil`.
    ///   - follows: Whether to go on until the container has ended.
    /// - Returns: The entries, to be iterated over.
    /// - Throws: ``NestboxError`` of code `containerNotFound`.
    public func logs(_ text: String, tail: Int? = nil, follows: Bool = false) throws -> LogReader {
        try logs(text, LogSelection(tail: tail, follows: follows))
    }

    /// A container's output.
    ///
    /// - Parameters:
    ///   - text: The container.
    ///   - selection: Which of it.
    /// - Returns: The entries, to be iterated over.
    /// - Throws: ``NestboxError`` of code `containerNotFound`.
    public func logs(_ text: String, _ selection: LogSelection) throws -> LogReader {
        let record = try container(text)
        let path = layout.container(record.identifier).log
        return LogReader(path: path, lock: selection.follows ? try watch(record) : nil, selection: selection)
    }

    // MARK: Parts

    /// Lets a paused container go on, for a stopped process hears no signal; others are left as they are.
    private func thaw(_ record: ContainerRecord) {
        let isStill = PauseHold.isHeld(layout.container(record.identifier).pauses)
        guard record.state.status == .paused || isStill else { return }
        try? find(record).resume()
    }

    static func notRunning(_ text: String) -> NestboxError {
        NestboxError(.notRunning, "container '\(text)' is not running")
    }

    /// Forgets a container that has ended: its directory, its name, its leases.
    func discard(_ record: ContainerRecord, removesVolumes: Bool) async throws {
        do {
            try withLock {
                try discardDirectory(layout.container(record.identifier).path)
                try removeName(record.name, of: record.identifier)
            }
        } catch {
            throw NestboxError(error, "container '\(record.name)' can't be removed")
        }
        emptyTrash()
        eventLog.post(.destroy, of: record)
        do {
            try await volumes.releaseAll(owner: record.identifier)
            if removesVolumes { try await releaseVolumes(of: record.identifier) }
        } catch {
            throw NestboxError(error, "the volumes of container '\(record.name)' can't be released")
        }
    }

    /// Gives a container's volumes back and removes those that nobody named.
    func releaseVolumes(of identifier: String) async throws {
        try await volumes.releaseAll(owner: identifier)
        try await volumes.removeAnonymousVolumes(of: identifier)
    }

    /// Watches the process that a container belongs to; `nil` if it has let go of the container.
    func watch(_ record: ContainerRecord) throws -> LockWatch? {
        do {
            let watch = try LockWatch(layout.container(record.identifier).lock)
            return watch.isFree ? nil : watch
        } catch {
            if error.errno == .noSuchFileOrDirectory { return nil }
            throw NestboxError(error, "container '\(record.name)' can't be watched")
        }
    }

    func send(_ signal: Signal, to record: ContainerRecord) throws -> Bool {
        guard let process = record.state.process, let handle = ProcessHandle(process) else { return false }
        do {
            guard try handle.send(signal) else { return false }
            eventLog.post(.kill, of: record, ["signal": "\(signal.rawValue)"])
            return true
        } catch {
            throw NestboxError(.state, "\(signal) can't be sent to container '\(record.name)'", cause: error)
        }
    }

    func expectEnd(_ record: ContainerRecord, _ watch: LockWatch) async throws {
        guard try await watch.wait(atMost: .seconds(60)) else {
            throw NestboxError(
                .monitor,
                "container '\(record.name)' was killed, but the process that it belongs to has not recorded its end"
            )
        }
    }
}
