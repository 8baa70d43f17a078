// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import GRDB
import SystemPackage

extension StoreOperations {
    /// Asks the driver, or counts.
    func usage(of name: String) throws(VolumeError) -> (VolumeID, VolumeUsage) {
        let record = try catalog.read { try VolumeRecord.require(name, $0) }
        let driver = try driver(record.driver)
        let place = place(record)
        if let usage = try driver.usage(place) { return (record.id, usage) }
        // What isn't attached is counted as what it takes in the store.
        let data = driver.dataDirectory(place)
        let tree = try TreeUsage.measure(Directory.exists(data) ? data : place.directory)
        return (record.id, VolumeUsage(bytes: tree.bytes, inodes: tree.inodes))
    }
}
