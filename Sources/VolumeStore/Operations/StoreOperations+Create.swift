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
        let record = VolumeRecord(request, driver: driver.name)
        let staged = try Staging(record.id, layout: layout)
        do {
            try driver.create(VolumePlace(id: record.id, directory: staged.path, options: record.options))
        } catch {
            staged.discard()
            throw error
        }
        // Somebody else may have taken the name in the meantime.
        var winner = record
        try publish(staged, on: .volumes) { database in
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
    /// - Parameters:
    ///   - staged: The directory. It is discarded if the row isn't committed.
    ///   - shelf: Where it goes.
    ///   - commit: Inserts the row; false if it decided not to.
    /// - Throws: What `commit` threw, or ``VolumeError``. After the commit nothing is undone: whoever needs the directory
    ///   next moves it home.
    func publish(_ staged: Staging, on shelf: Shelf, _ commit: (Database) throws -> Bool) throws(VolumeError) {
        do {
            try staged.sync()
            guard try catalog.write(commit) else { return staged.discard() }
        } catch {
            staged.discard()
            throw error
        }
        do {
            try Directory.move(staged.path, to: layout.home(staged.id, on: shelf))
        } catch {
            // Another process that needed it may have moved it already.
            guard Directory.exists(layout.home(staged.id, on: shelf)) else { throw error }
        }
        try Directory.sync(layout.shelf(shelf))
    }

    /// Creation is idempotent: asking again for what is there is no error, asking for something else under its name is.
    private func reconcile(
        _ request: VolumeRequest,
        with found: VolumeRecord
    ) throws(VolumeError) -> VolumeRecord {
        if let driver = request.driver, driver != found.driver {
            throw VolumeError(
                .alreadyExists,
                "The volume '\(found.name)' exists already with the driver '\(found.driver)', not '\(driver)'."
            )
        }
        if !request.options.isEmpty, request.options != found.options {
            throw VolumeError(.alreadyExists, "The volume '\(found.name)' exists already with other driver options.")
        }
        return found
    }
}
