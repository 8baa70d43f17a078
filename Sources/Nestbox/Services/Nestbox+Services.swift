// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import BalancerProxy
internal import ContainerKit
internal import SystemPackage

extension Nestbox {
    /// Starts a service that this process looks after itself.
    ///
    /// - Parameters:
    ///   - specification: The service.
    ///   - accessLog: Is told each request that the ports have served, if they speak HTTP; called on the proxy's own
    ///     thread, so it must not block.
    /// - Returns: The replicas, whose ``ReplicaSet/run()`` must be called.
    /// - Throws: ``NestboxError``; nothing is left behind then.
    public func launch(
        _ specification: ServiceSpecification,
        accessLog: (@Sendable (HTTPAccessRecord) -> Void)? = nil
    ) async throws -> ReplicaSet {
        try await ReplicaSet.launch(specification, on: self, observer: accessLog)
    }

    /// The requests that a service's ports have served.
    ///
    /// - Parameters:
    ///   - service: The service, whose ``HTTPOptions/logsRequests`` must be on.
    ///   - selection: Which of them.
    /// - Returns: The entries, to be iterated over.
    /// - Throws: ``NestboxError`` of code `serviceNotFound` or `state`.
    public func requests(of service: String, _ selection: LogSelection = LogSelection()) throws -> LogReader {
        let record = try self.service(service)
        guard record.specification.http?.logsRequests == true else {
            throw NestboxError(.state, "the requests of service '\(service)' can't be read: it notes none")
        }
        let directory = layout.service(record.name)
        do {
            let watch = selection.follows ? try LockWatch(directory.lock) : nil
            return LogReader(path: directory.accessLog, lock: watch, selection: selection)
        } catch {
            throw NestboxError(error, "the requests of service '\(service)' can't be read")
        }
    }

    /// What was done at a service's ports as of a second ago at most, as Prometheus reads it.
    ///
    /// - Parameter service: The service, which must publish a port.
    /// - Returns: The text.
    /// - Throws: ``NestboxError`` of code `serviceNotFound`, or `state` if it publishes none.
    public func metrics(of service: String) throws -> String {
        let file = layout.service(try self.service(service).name).metrics
        do {
            return try file.read()
        } catch {
            throw NestboxError(.state, "service '\(service)' has no figures", cause: error)
        }
    }

    /// The services, by name.
    ///
    /// - Throws: ``NestboxError`` of code `state`.
    public func services() throws -> [ServiceRecord] {
        do {
            return try Directory(layout.services).names
                .compactMap { try? layout.service($0).record.read() }
                .sorted { $0.name < $1.name }
        } catch {
            throw NestboxError(error, "the services can't be listed")
        }
    }

    /// The service of a name.
    ///
    /// - Throws: ``NestboxError`` of code `serviceNotFound`.
    public func service(_ name: String) throws -> ServiceRecord {
        guard let record = try services().first(where: { $0.name == name }) else {
            throw NestboxError(.serviceNotFound, "no such service: \(name)")
        }
        return record
    }

    /// The containers of a service, by name.
    ///
    /// - Throws: ``NestboxError`` of code `serviceNotFound` or `state`.
    public func replicas(of service: String) throws -> [ContainerRecord] {
        let name = try self.service(service).name
        return try containers().filter { $0.service == name }.sorted { $0.createdAt < $1.createdAt }
    }

    /// Stops a service's containers and removes them and it.
    ///
    /// - Parameter name: The service.
    /// - Throws: ``NestboxError``: `serviceNotFound`; `monitor` if its process does not end in time.
    public func removeService(_ name: String) async throws {
        let record = try service(name)
        let grace = try replicas(of: name).map(\.gracePeriod).max() ?? .seconds(10)
        do {
            let watch = try LockWatch(layout.service(name).lock)
            if let owner = record.owner, let process = ProcessHandle(owner) {
                _ = try process.send(.terminate)
                guard try await watch.wait(atMost: grace + .seconds(20)) else {
                    throw NestboxError(.monitor, "the process that service '\(name)' belongs to does not end")
                }
            }
            if watch.isFree { try discard(record) }
        } catch let error as SystemFailure where error.errno == .noSuchFileOrDirectory {
            // Its process was faster.
        } catch {
            throw NestboxError(error, "service '\(name)' can't be removed")
        }
    }

    // MARK: Parts

    /// Makes a service's directory and record; the lock says that its process lives.
    func reserve(_ record: ServiceRecord) throws -> FileLock {
        let directory = layout.service(record.name)
        do {
            return try withLock {
                if FileLock.isHeld(directory.lock) {
                    throw NestboxError(.nameInUse, "the service name '\(record.name)' is already in use")
                }
                try discardDirectory(directory.path)
                try Directory(directory.path).make()
                guard let own = try FileLock.tryAcquire(directory.lock, creating: true) else {
                    throw NestboxError(.state, "'\(directory.path)' is locked by another process")
                }
                try directory.record.write(record)
                return own
            }
        } catch {
            throw NestboxError(error, "service '\(record.name)' can't be recorded")
        }
    }

    /// Forgets a service.
    func discard(_ record: ServiceRecord) throws {
        do {
            try withLock { try discardDirectory(layout.service(record.name).path) }
            emptyTrash()
        } catch {
            throw NestboxError(error, "service '\(record.name)' can't be removed")
        }
    }
}
