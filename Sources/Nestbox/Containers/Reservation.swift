// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import SystemPackage

/// A name and a directory that belong to a container, and the lock that says its process lives.
struct Reservation: Sendable {
    var record: ContainerRecord
    let directory: ContainerDirectory
    let lock: FileLock
}

extension Nestbox {
    /// Makes a container's directory and record and takes its name; one is made up if it has none.
    ///
    /// - Throws: ``NestboxError`` of code `nameInUse` or `state`; nothing is left then.
    func reserve(_ record: ContainerRecord) throws -> Reservation {
        var record = record
        let directory = layout.container(record.identifier)
        do {
            return try withLock {
                if record.name.isEmpty { record.name = ContainerName.random { owner(ofName: $0) != nil } }
                try takeName(record.name, for: record.identifier)
                do {
                    try Directory(directory.path).make()
                    guard let own = try FileLock.tryAcquire(directory.lock, creating: true) else {
                        throw NestboxError(.state, "'\(directory.path)' is locked by another process")
                    }
                    record.users = try takeUsers(record.specification.userNamespace, for: directory)
                    // It is half made as yet: after a power failure nobody misses it.
                    try directory.record.write(record, isDurable: false)
                    return Reservation(record: record, directory: directory, lock: own)
                } catch {
                    try? discardDirectory(directory.path)
                    try? removeName(record.name, of: record.identifier)
                    throw error
                }
            }
        } catch {
            throw NestboxError(error, "container '\(record.name)' can't be recorded")
        }
    }
}
