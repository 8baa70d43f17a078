// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import FoundationEssentials
import SystemPackage

/// The benchmark's other programs, which are built beside this one.
struct Programs {
    let floor: FilePath
    let contain: FilePath
    let spawner: FilePath
    let filterOf: FilePath

    /// Finds the programs in the directory that this one is in.
    init() throws {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let directory = FilePath(own).removingLastComponent()
        self.floor = directory.appending("floor")
        self.contain = directory.appending("contain")
        self.spawner = directory.appending("spawner")
        self.filterOf = directory.appending("filter-of")
    }
}
