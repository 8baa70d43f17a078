// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Logging
internal import SystemPackage

extension Nestbox {
    /// Puts right what processes left that died: containers that seem to run, directories half made or half removed.
    func recover() async throws {
        let orphans: [String]
        do {
            orphans = try withLock {
                for name in try Directory(layout.services).names { try recoverService(name) }
                return try Directory(layout.containers).names.filter { try recoverIfRoom($0) }
            }
        } catch {
            throw NestboxError(error, "what an earlier process left can't be put right")
        }
        emptyTrash()
        do {
            try await networkPlane.sweep()
        } catch {
            logger.warning("something of a network stays on the host", metadata: ["error": "\(error)"])
        }
        for identifier in orphans { try? await releaseVolumes(of: identifier) }
    }

    /// Puts a container right, or leaves it to the next start where the disk is full: who wants to remove something to
    /// make room must be able to.
    private func recoverIfRoom(_ identifier: String) throws -> Bool {
        do {
            return try recoverContainer(identifier)
        } catch let error
            where [.noSpace, .diskQuotaExceeded].contains(error as? Errno ?? (error as? SystemFailure)?.errno)
        {
            logger.warning(
                "a container of a dead process can't be recorded as ended",
                metadata: ["container.id": "\(identifier)", "error": "\(error)"]
            )
            return false
        }
    }

    /// - Returns: Whether the container is gone, and its volumes may go.
    private func recoverContainer(_ identifier: String) throws -> Bool {
        let directory = layout.container(identifier)
        // Held: its process lives. No file: it is half made or not ours.
        let lock: FileLock?
        do {
            lock = try FileLock.tryAcquire(directory.lock)
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
            try discardDirectory(directory.path)
            return true
        }
        guard let lock else { return false }
        guard var record = try? directory.record.read() else {
            try discardDirectory(directory.path)
            return true
        }
        let isAtRest = record.state.status == .exited || (record.state.status == .created && record.isComplete)
        if isAtRest, !record.isRemovedAtEnd { return false }
        logger.info("recovered a container of a dead process", metadata: ["container.id": "\(identifier)"])
        if record.isRemovedAtEnd || !record.isComplete {
            lock.leave("137")
            try removeName(record.name, of: identifier)
            try discardDirectory(directory.path)
            return true
        }
        record.state.end(exitCode: 137, error: "the process that it belonged to ended")
        try directory.record.write(record)
        lock.leave("137")
        return false
    }

    private func recoverService(_ name: String) throws {
        let directory = layout.service(name)
        if FileLock.isHeld(directory.lock) { return }
        try discardDirectory(directory.path)
    }
}
