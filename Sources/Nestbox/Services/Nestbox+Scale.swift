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
        try ServiceSpecification.validate(replicas: replicas)
        let wanted = try changeService(name) { record in
            record.replicas = replicas
            record.change += 1
        }
        guard let owner = wanted.owner, let process = ProcessHandle(owner) else {
            throw NestboxError(.notRunning, "service '\(name)' has lost the process that it belongs to")
        }
        do {
            _ = try process.send(.hangUp)
        } catch {
            throw NestboxError(.monitor, "service '\(name)' can't be told", cause: error)
        }
        while true {
            let record = try service(name)
            if record.settledChange >= wanted.change {
                guard let failure = record.failure else { return }
                throw NestboxError(.launch, "service '\(name)' was not scaled: \(failure)")
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
