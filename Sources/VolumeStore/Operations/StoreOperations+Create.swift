// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import GRDB
import SystemPackage

extension StoreOperations {
    /// Creates the volume, or returns the one that has the name already.
    func create(_ request: VolumeRequest) throws(VolumeError) -> Volume {
        try request.validate()
        if let name = request.name, let found = try catalog.read({ try VolumeRecord.named(name, $0) }) {
            return volume(try reconcile(request, with: found))
        }
        let driver = try driver(request.driver ?? "local")
        try driver.validate(request.options)
        let id = VolumeID.random()
        let place = VolumePlace(id: id, directory: layout.staged(id), options: request.options)
        let isFresh = driver.isReproducible(place)
        let record = VolumeRecord(request, id: id, driver: driver.name, isFresh: isFresh)
        let staged = try Staging(id, layout: layout)
        do {
            try driver.create(place)
        } catch {
            try? driver.abandon(place)
            staged.discard()
            throw error
        }
        // Somebody else may have taken the name in the meantime.
        var winner = record
        try publish(staged, on: .volumes, isReproducible: isFresh, undo: { try? driver.abandon(place) }) { database in
            if let found = try VolumeRecord.named(record.name, database) {
                winner = found
                return false
            }
            try record.insert(database)
            return true
        }
        return volume(winner.id == record.id ? record : try reconcile(request, with: winner))
    }

    /// Makes a finished directory real: commits its row and moves it to its shelf.
    ///
    /// The move itself need not be on the disk: should a power cut undo it, the directory is in staging and is found
    /// there.
    ///
    /// - Parameters:
    ///   - staged: The directory. It is discarded if the row isn't committed.
    ///   - shelf: Where it goes.
    ///   - isReproducible: Whether the directory can be made again, so that it need not be on the disk either.
    ///   - undo: Lets go of what the directory stands for, before it is discarded.
    ///   - commit: Inserts the row; false if it decided not to.
    /// - Throws: What `commit` threw, or ``VolumeError``. After the commit nothing is undone: whoever needs the directory
    ///   next moves it home.
    func publish(
        _ staged: Staging,
        on shelf: Shelf,
        isReproducible: Bool = false,
        undo: () -> Void = {},
        _ commit: (Database) throws -> Bool
    ) throws(VolumeError) {
        do {
            if !isReproducible { try staged.sync() }
            guard try catalog.write(commit) else {
                undo()
                return staged.discard()
            }
        } catch {
            undo()
            staged.discard()
            throw error
        }
        do {
            try Directory.move(staged.path, to: layout.home(staged.id, on: shelf))
        } catch {
            try confirm(staged.id, on: shelf, after: error)
        }
    }

    /// Looks why a committed directory could not be moved home: another process that needed it may have done so already,
    /// and may even have removed it since, row and all.
    private func confirm(_ id: VolumeID, on shelf: Shelf, after error: VolumeError) throws(VolumeError) {
        if Directory.exists(layout.home(id, on: shelf)) { return }
        try catalog.write(surviving: .process) { database in
            guard try hasRow(id, on: shelf, database) else { return }
            guard try settle(id, on: shelf) else { throw error }
        }
    }

    /// Creation is idempotent: asking again for what is there is no error, asking for something else under its name is.
    private func reconcile(
        _ request: VolumeRequest,
        with found: VolumeRecord
    ) throws(VolumeError) -> VolumeRecord {
        if let driver = request.driver, driver != found.driver {
            throw VolumeError(
                .alreadyExists,
                "the volume '\(found.name)' exists already with the driver '\(found.driver)', not '\(driver)'"
            )
        }
        if !request.options.isEmpty, request.options != found.options {
            throw VolumeError(.alreadyExists, "the volume '\(found.name)' exists already with other driver options")
        }
        return found
    }
}
