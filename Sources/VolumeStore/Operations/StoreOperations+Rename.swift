// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import GRDB

extension StoreOperations {
    /// Gives the volume another name.
    ///
    /// Its directory has the identity for a name, so nothing on the disk moves and a mounted volume can be renamed.
    func rename(_ name: String, to newName: String) throws(VolumeError) -> Volume {
        try VolumeName.validate(newName)
        return volume(
            try catalog.write { database in
                var record = try VolumeRecord.require(name, database)
                if name == newName { return record }
                guard try VolumeRecord.named(newName, database) == nil else {
                    throw VolumeError(.alreadyExists, "there is a volume '\(newName)' already")
                }
                try database.execute(
                    sql: "UPDATE volume SET name = ?, anonymous = 0, container = NULL WHERE id = ?",
                    arguments: [newName, record.id.rawValue]
                )
                record.name = newName
                record.isAnonymous = false
                record.container = nil
                return record
            }
        )
    }
}
