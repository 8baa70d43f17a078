// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import Logging
internal import SystemPackage
public import VolumeStore

extension Nestbox {
    /// Keeps the containers still that may write to a volume, for as long as it is copied.
    ///
    /// It is what `VolumeStore`'s snapshots, clones and exports take:
    ///
    /// ```swift
    /// try await nestbox.volumes.snapshot("blog", as: "before", pausing: nestbox.pauseWriters)
    /// ```
    ///
    /// The containers go on when this returns or throws, and also if this process is killed; one that was paused before
    /// stays so. Whoever wants one to stop, or to run a further program in it, waits until the copy is there.
    ///
    /// - Parameters:
    ///   - leases: Who has the volume. Holders that are no containers of this engine can't be kept still, and are not.
    ///   - copy: What is done meanwhile.
    /// - Throws: What `copy` throws, or ``NestboxError`` if a container can't be paused, which then is not copied from.
    public func pauseWriters(
        _ leases: [VolumeLease],
        during copy: @Sendable () async throws -> Void
    ) async throws {
        var still: [StillContainer] = []
        do {
            for owner in Set(leases.filter { $0.access != .readOnly }.map(\.owner.id)).sorted() {
                if let container = try await keepStill(owner) { still.append(container) }
            }
            try await copy()
        } catch {
            for container in still { letGo(container) }
            throw error
        }
        for container in still { letGo(container) }
    }

    /// Waits until nobody copies what a container writes.
    ///
    /// - Throws: `CancellationError`.
    func waitForCopies(of identifier: String) async throws {
        let pauses = layout.container(identifier).pauses
        while PauseHold.isHeld(pauses) { try await Task.sleep(for: .milliseconds(10)) }
    }

    /// Lets a container of this process go on when those who copied are gone, in whatever way.
    func watchPauses(of identifier: String) throws(SystemFailure) -> PauseWatch {
        try PauseWatch(layout.container(identifier).pauses) { self.settlePauses(of: identifier) }
    }

    /// Lets a container go on if nobody copies what it writes any more, and nobody has paused it.
    ///
    /// - Returns: Whether somebody still copies.
    private func settlePauses(of identifier: String) -> Bool {
        let directory = layout.container(identifier)
        do {
            return try withRecordLock(identifier) {
                if PauseHold.isHeld(directory.pauses) { return true }
                let record = try directory.record.read()
                if record.state.status == .running { try find(record).resume() }
                return false
            }
        } catch {
            logger.debug("a pause is over", metadata: ["container.id": "\(identifier)", "error": "\(error)"])
            return false
        }
    }

    // MARK: Parts

    /// A container that stands still.
    private struct StillContainer {
        let identifier: String
        let hold: PauseHold
        let found: FoundContainer
    }

    /// How long a container that has a volume may take until its program runs.
    private static let patience = Duration.seconds(2)

    /// - Returns: `nil` if nothing of that name runs.
    private func keepStill(_ identifier: String) async throws -> StillContainer? {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            let hold: PauseHold?
            do {
                let (held, found) = try withRecordLock(identifier) { try freeze(identifier) }
                if let held, let found { return StillContainer(identifier: identifier, hold: held, found: found) }
                hold = held
            } catch {
                throw NestboxError(error, "container '\(identifier)' can't be kept still while a volume is copied")
            }
            // It has the volume already and is being started; or it has ended, and can't have it again until the copy is
            // there, for that takes the volume's lock.
            guard hold != nil, ContinuousClock.now < deadline else { return nil }
            withExtendedLifetime(hold) {}
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// - Returns: The hold, if a process looks after the container, and the container, if it stands still now.
    private func freeze(_ identifier: String) throws -> (PauseHold?, FoundContainer?) {
        let directory = layout.container(identifier)
        guard let hold = try PauseHold.take(directory.pauses) else { return (nil, nil) }
        let record = try directory.record.read()
        guard record.isRunning else { return (hold, nil) }
        do {
            let found = try find(record)
            if record.state.status == .running { try found.pause() }
            return (hold, found)
        } catch let error as NestboxError where error.code == .notRunning {
            return (hold, nil)
        }
    }

    /// Lets a container go on, unless others keep it still.
    ///
    /// Where this fails the process that looks after the container tries it again.
    private func letGo(_ container: StillContainer) {
        do {
            try withRecordLock(container.identifier) {
                guard container.hold.giveBack() else { return }
                let record = try layout.container(container.identifier).record.read()
                if record.state.status == .running { try container.found.resume() }
            }
        } catch {
            let metadata: Logger.Metadata = ["container.id": "\(container.identifier)", "error": "\(error)"]
            logger.debug("a container that was kept still may have ended", metadata: metadata)
        }
    }
}
