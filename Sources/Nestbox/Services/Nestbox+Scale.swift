// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit

extension Nestbox {
    /// Gives a service another number of containers, whichever process it belongs to.
    ///
    /// - Parameters:
    ///   - name: The service.
    ///   - replicas: How many containers; those that have died are made up for.
    /// - Throws: ``NestboxError``: `serviceNotFound`; why a container could not be started; or `CancellationError`.
    public func scaleService(_ name: String, to replicas: Int) async throws {
        try service(name).specification.validate(replicas: replicas)
        try await settle(name, "scaled") { record in
            record.replicas = replicas
            record.change += 1
        }
    }

    /// Replaces a service's containers by others, some at a time, whichever process it belongs to.
    ///
    /// - Parameters:
    ///   - name: The service.
    ///   - change: What is otherwise; the name and the ports stay.
    /// - Throws: ``NestboxError``: `serviceNotFound`; why it was not updated, or was taken back; or `CancellationError`.
    public func updateService(_ name: String, _ change: (inout ServiceSpecification) throws -> Void) async throws {
        let record = try service(name)
        var specification = record.specification
        try change(&specification)
        specification.name = record.name
        specification.replicas = record.replicas
        specification.container.ports = record.specification.container.ports
        specification.http = record.specification.http
        specification.metrics = record.specification.metrics
        try specification.validate()
        _ = try findImage(specification.container.image)
        _ = try ContainerSecurity(specification.container)
        try await settle(name, "updated") { record in
            record.specification = specification
            record.policy = specification.policy
            record.image = specification.container.image
            record.change += 1
        }
    }

    /// Changes a service's record, tells its process, and waits for what comes of it.
    private func settle(_ name: String, _ action: String, _ change: (inout ServiceRecord) -> Void) async throws {
        let wanted = try changeService(name, change)
        guard let owner = wanted.owner, let process = ProcessHandle(owner) else {
            throw NestboxError(.notRunning, "service '\(name)' has lost the process that it belongs to")
        }
        do {
            _ = try process.send(.hangUp)
        } catch {
            throw NestboxError(.monitor, "service '\(name)' can't be told", cause: error)
        }
        while true {
            guard process.isAlive else {
                throw NestboxError(.monitor, "the process that service '\(name)' belongs to has ended")
            }
            let record = try service(name)
            if record.settledChange >= wanted.change {
                guard let failure = record.failure else { return }
                throw NestboxError(.launch, "service '\(name)' was not \(action): \(failure)")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Changes a service's record, which several processes may want to.
    ///
    /// - Parameters:
    ///   - name: The service.
    ///   - change: What changes.
    /// - Returns: The record as it is then.
    /// - Throws: ``NestboxError``.
    @discardableResult
    func changeService(_ name: String, _ change: (inout ServiceRecord) -> Void) throws -> ServiceRecord {
        let file = layout.service(name).record
        do {
            return try withLock {
                var record = try service(name)
                change(&record)
                try file.write(record)
                return record
            }
        } catch {
            throw NestboxError(error, "service '\(name)' can't be changed")
        }
    }
}
