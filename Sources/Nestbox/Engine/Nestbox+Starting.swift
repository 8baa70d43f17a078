// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ImageStore

extension Nestbox {
    /// Writes a container down without starting its program.
    ///
    /// - Parameter specification: What is to run.
    /// - Returns: The container.
    /// - Throws: ``NestboxError``; nothing is left behind then.
    public func create(_ specification: ContainerSpecification) throws -> ContainerRecord {
        var reservation = try ContainerCreation(engine: self, specification: specification).run()
        do {
            reservation.record.isComplete = true
            try reservation.directory.prepare(hostName: reservation.record.hostName)
            try reservation.directory.record.write(reservation.record)
            eventLog.post(.create, of: reservation.record)
            return reservation.record
        } catch {
            try? withLock { try discardDirectory(reservation.directory.path) }
            throw NestboxError(error, "container '\(reservation.record.name)' can't be created")
        }
    }

    /// Starts the program of a container that does not run, which then belongs to this process.
    ///
    /// What the program wrote to its files before is still there.
    ///
    /// - Parameters:
    ///   - text: The container.
    ///   - streams: What the program's streams are connected to.
    /// - Returns: The container, whose ``ManagedContainer/run()`` must be called.
    /// - Throws: ``NestboxError``: `running` if it runs; else why it can't be started.
    public func start(_ text: String, streams: ContainerStreams = ContainerStreams()) async throws -> ManagedContainer {
        let record = try container(text)
        let directory = layout.container(record.identifier)
        guard let lock = try await lockToStart(record) else {
            let hint = record.state.status == .paused ? "is paused; 'nestbox unpause' lets it go on" : "runs already"
            throw NestboxError(.running, "container '\(record.name)' \(hint)")
        }
        let ports = try ContainerPorts(
            try record.specification.portMappings(on: try findImage(record.imageIdentifier).defaults),
            mode: record.specification.network.mode,
            plane: networkPlane
        )
        do {
            let reservation = Reservation(record: record, directory: directory, lock: lock)
            return try await ManagedContainer.start(reservation, ports: ports, streams: streams, on: self)
        } catch {
            let failure = NestboxError(error, "container '\(record.name)' can't be started")
            noteFailure(failure, of: record)
            throw failure
        }
    }

    /// Takes the lock that says whose the container is.
    ///
    /// Who looks whether it runs, or clears up what it left, has the lock for a moment; only who keeps it runs it.
    private func lockToStart(_ record: ContainerRecord) async throws -> FileLock? {
        let path = layout.container(record.identifier).lock
        for _ in 0..<20 {
            do {
                if let lock = try FileLock.tryAcquire(path) { return lock }
            } catch {
                throw NestboxError(error, "container '\(record.name)' can't be started")
            }
            if record.state.status == .running || record.state.status == .paused { return nil }
            try await Task.sleep(for: .milliseconds(5))
        }
        return nil
    }

    private func noteFailure(_ failure: NestboxError, of record: ContainerRecord) {
        var record = record
        record.state.error = failure.description
        let file = layout.container(record.identifier).record
        try? withRecordLock(record.identifier) { try file.write(record) }
    }

    /// Gives a container another name.
    ///
    /// - Parameters:
    ///   - text: The container.
    ///   - name: The new name.
    /// - Throws: ``NestboxError``: `invalidSpecification` or `nameInUse`.
    public func rename(_ text: String, to name: String) throws {
        try ContainerName.validate(name)
        let record = try container(text)
        guard name != record.name else {
            throw NestboxError(.nameInUse, "container '\(record.name)' has this name already")
        }
        let file = layout.container(record.identifier).record
        do {
            let renamed = try withLock {
                try takeName(name, for: record.identifier)
                do {
                    var renamed = try file.read()
                    renamed.name = name
                    try file.write(renamed)
                    try removeName(record.name, of: record.identifier)
                    return renamed
                } catch {
                    try? removeName(name, of: record.identifier)
                    throw error
                }
            }
            eventLog.post(.rename, of: renamed, ["oldName": record.name])
        } catch {
            throw NestboxError(error, "container '\(record.name)' can't be renamed")
        }
    }
}
