// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage
import VolumeStore

/// A volume in the shape that Docker's `volume inspect` gives it.
struct VolumeInspection: Encodable {
    let CreatedAt: String
    let Driver: String
    let Labels: [String: String]
    let Mountpoint: String
    let Name: String
    let Options: [String: String]
    let Scope = "local"

    init(_ volume: Volume) {
        CreatedAt = volume.createdAt.description
        Driver = volume.driver
        Labels = volume.labels
        Mountpoint = volume.mountpoint.string
        Name = volume.name
        Options = volume.options
    }
}
