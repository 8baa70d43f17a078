// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import ContainerKit
internal import ImageStore
internal import SystemPackage

/// What can be done to any running container, whichever process it belongs to.
extension Nestbox {
    /// Runs a further program in a container.
    ///
    /// - Parameters:
    ///   - options: The program.
    ///   - text: The container.
    /// - Returns: The running program, which dies with this process at the latest.
    /// - Throws: ``NestboxError``: `notRunning`; `executableNotFound`, `notExecutable`; or why it could not be run.
    public func execute(_ options: ExecutionOptions, in text: String) async throws -> ContainerProcess {
        let record = try container(text)
        guard record.state.status != .paused else {
            throw NestboxError(.state, "nothing can be executed in container '\(record.name)': it is paused")
        }
        try await waitForCopies(of: record.identifier)
        let found = try find(record)
        do {
            let process = try await found.execute(try configuration(options, record))
            eventLog.post(.execute, of: record, ["command": options.command.first ?? ""])
            return process
        } catch {
            throw NestboxError(error, "nothing can be executed in container '\(record.name)'")
        }
    }

    /// Stops a container's processes where they are.
    ///
    /// - Throws: ``NestboxError``: `notRunning`, or `launch` if this machine has no freezer.
    public func pause(_ text: String) throws {
        try freeze(text, "paused", .paused, .pause) { try $0.pause() }
    }

    /// Lets a container's processes go on.
    ///
    /// - Throws: ``NestboxError``: `notRunning`, or `launch` if this machine has no freezer.
    public func unpause(_ text: String) throws {
        try freeze(text, "continued", .running, .unpause) { try $0.resume() }
    }

    /// What a container has used so far and uses now.
    ///
    /// - Throws: ``NestboxError`` of code `notRunning`.
    public func usage(of text: String) throws -> ResourceUsage {
        let record = try container(text)
        do {
            return try find(record).usage()
        } catch {
            throw NestboxError(error, "container '\(record.name)' can't be measured")
        }
    }

    /// A container's processes.
    ///
    /// - Throws: ``NestboxError`` of code `notRunning`.
    public func processes(of text: String) throws -> [ProcessInformation] {
        let record = try container(text)
        do {
            return try find(record).processes()
        } catch {
            throw NestboxError(error, "the processes of container '\(record.name)' can't be listed")
        }
    }

    /// Changes a container's limits, at once if it runs and for its next starts, and its restart policy.
    ///
    /// - Parameters:
    ///   - text: The container.
    ///   - limits: What is otherwise; what is `nil` stays.
    ///   - restart: The new policy; the old one where `nil`.
    /// - Throws: ``NestboxError``.
    public func update(_ text: String, limits: ContainerLimits, restart: RestartPolicy? = nil) throws {
        let record = try container(text)
        try limits.validate()
        do {
            if record.isRunning { try find(record).update(try limits.resources()) }
            let file = layout.container(record.identifier).record
            let changed = try withRecordLock(record.identifier) {
                var changed = try file.read()
                changed.limits.memory = limits.memory ?? changed.limits.memory
                changed.limits.processors = limits.processors ?? changed.limits.processors
                changed.limits.processes = limits.processes ?? changed.limits.processes
                if let restart { changed.specification.restart = restart }
                try file.write(changed)
                return changed
            }
            eventLog.post(.update, of: changed)
        } catch {
            throw NestboxError(error, "container '\(record.name)' can't be updated")
        }
    }

    // MARK: Parts

    /// The running container that a record tells of.
    func find(_ record: ContainerRecord) throws -> FoundContainer {
        guard record.isRunning, let reference = record.state.reference else { throw Self.notRunning(record.name) }
        let seccomp = try ContainerSecurity(record.specification).seccomp
        do {
            return try runtime().find(reference, seccomp: seccomp)
        } catch let error as ContainerError where error.code == .invalidState {
            throw Self.notRunning(record.name)
        }
    }

    private func configuration(_ options: ExecutionOptions, _ record: ContainerRecord) throws -> ProcessConfiguration {
        guard !options.command.isEmpty else {
            throw NestboxError(.invalidSpecification, "no command is given")
        }
        let image = try images.image(record.imageIdentifier)
        var specification = record.specification
        specification.environment += options.environment
        specification.user = options.user ?? specification.user
        specification.workingDirectory = options.workingDirectory ?? specification.workingDirectory
        let process = try ResolvedProcess(specification, on: image.defaults, hostName: record.hostName)
        var configuration = ProcessConfiguration(
            options.command,
            environment: process.environment,
            workingDirectory: FilePath(process.workingDirectory),
            user: process.user.isEmpty ? .root : .named(process.user),
            input: options.input,
            output: options.output,
            error: options.error
        )
        configuration.terminal = options.terminal
        try ContainerSecurity(specification).apply(to: &configuration)
        return configuration
    }

    private func freeze(
        _ text: String,
        _ action: String,
        _ status: ContainerRecord.Status,
        _ event: Event.Action,
        _ change: (FoundContainer) throws -> Void
    ) throws {
        let record = try container(text)
        guard record.isRunning else { throw Self.notRunning(text) }
        guard record.state.status != status else {
            let problem = status == .paused ? "paused already" : "not paused"
            throw NestboxError(.state, "container '\(record.name)' is \(problem)")
        }
        do {
            let directory = layout.container(record.identifier)
            let file = directory.record
            try withRecordLock(record.identifier) {
                // One that is kept still for a copy goes on when that is there.
                if status == .paused || !PauseHold.isHeld(directory.pauses) { try change(try find(record)) }
                var changed = try file.read()
                changed.state.status = status
                try file.write(changed)
            }
            eventLog.post(event, of: record)
        } catch {
            throw NestboxError(error, "container '\(record.name)' can't be \(action)")
        }
    }
}
