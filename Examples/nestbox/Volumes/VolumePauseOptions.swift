// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox
import VolumeStore

/// Whether containers stand still while a volume that they write is copied.
struct VolumePauseOptions: ParsableArguments {
    @Flag(inversion: .prefixedNo, help: "Pause the containers that write to the volume until it is copied.")
    var pause = true

    /// What the store calls around a copy.
    func hook(of engine: Nestbox) -> VolumeStore.WriterPause? {
        guard pause else { return nil }
        return engine.pauseWriters
    }
}
