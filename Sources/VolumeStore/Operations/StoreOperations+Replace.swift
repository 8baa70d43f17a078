// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

extension StoreOperations {
    /// Replaces everything in an unused volume by what `fill` puts into an empty directory.
    ///
    /// The new content is made beside the old, synced, and exchanged with it in one system call; so a crash leaves the
    /// one or the other. Bind mounts would keep showing the old directory, which is why the volume must not be mounted.
    ///
    /// - Throws: ``VolumeError`` with `inUse`, or with `unsupported` for a driver that keeps data elsewhere.
    func replaceContent(
        of record: VolumeRecord,
        ifEmpty: Bool = false,
        _ fill: (FilePath) throws(VolumeError) -> Void
    ) throws(VolumeError) {
        let driver = try driver(record.driver)
        let place = place(record)
        guard let scratch = driver.scratchDirectory(place), !driver.isEphemeral(place) else {
            throw contentElsewhere(record)
        }
        try refuseLeased(record)
        try withLock(record) { () throws(VolumeError) in
            try secure(record)
            try catalog.write(surviving: record.isFresh ? .powerCut : .process) { database in
                guard let current = try VolumeRecord.withID(record.id, database) else {
                    throw VolumeError(.notFound, "no such volume: \(record.name); it was removed meanwhile")
                }
                try refuseLeased(record, database)
                if current.isFresh { try VolumeRecord.setUsed(record.id, database) }
            }
            try driver.attach(place)
            defer { try? driver.detach(place) }
            let data = driver.dataDirectory(place)
            if ifEmpty, try !Directory.isEmpty(data) {
                throw VolumeError(.notEmpty, "the volume '\(record.name)' holds data already")
            }
            let exchange = ContentExchange(data: data, replacement: scratch.appending("replacement"))
            do throws(VolumeError) {
                try exchange.run(fill)
            } catch {
                throw error.code == .noSpace ? noRoom(record, error) : error
            }
            try catalog.write { try VolumeRecord.setCopyUp(.done, record.id, $0) }
        }
    }

    /// The error for content that does not fit beside what is there.
    private func noRoom(_ record: VolumeRecord, _ error: VolumeError) -> VolumeError {
        VolumeError(
            .noSpace,
            "there is no room for the new content of volume '\(record.name)' beside what it holds; nothing was changed",
            cause: error.cause
        )
    }

    /// The error for a volume whose data the store does not hold itself.
    func contentElsewhere(_ record: VolumeRecord) -> VolumeError {
        VolumeError(
            .unsupported,
            "the store does not keep the data of volume '\(record.name)' itself, so it can't replace or clone it"
        )
    }
}
