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
        let staged = try Staging.create(record.id, layout: layout)
        do {
            try driver.create(VolumePlace(id: record.id, directory: staged.path, options: record.options))
            return volume(try publish(staged, record, request))
        } catch {
            staged.discard()
            throw error
        }
    }

    /// Commits the row and moves the directory home.
    ///
    /// Somebody else may have taken the name in the meantime.
    private func publish(
        _ staged: borrowing Staging,
        _ record: VolumeRecord,
        _ request: VolumeRequest
    ) throws(VolumeError) -> VolumeRecord {
        try staged.sync()
        let winner = try catalog.write { database in
            if let found = try VolumeRecord.named(record.name, database) { return found }
            try record.insert(database)
            return record
        }
        guard winner.id == record.id else {
            staged.discard()
            return try reconcile(request, with: winner)
        }
        try bringHome(record.id)
        return record
    }

    /// Moves a committed volume out of staging.
    ///
    /// Another process that needed it may have done so already.
    func bringHome(_ id: VolumeID) throws(VolumeError) {
        do {
            try Directory.move(layout.staged(id), to: layout.volume(id))
        } catch {
            guard Directory.exists(layout.volume(id)) else {
                try? catalog.write { try $0.execute(sql: "DELETE FROM volume WHERE id = ?", arguments: [id.rawValue]) }
                throw error
            }
        }
        try Directory.sync(layout.volumes)
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
