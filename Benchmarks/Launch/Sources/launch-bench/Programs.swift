// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import FoundationEssentials
import Glibc
import SystemPackage

/// The benchmark's other programs, which are built beside this one.
struct Programs {
    let floor: FilePath
    let contain: FilePath
    let spawner: FilePath
    let filterOf: FilePath

    /// Finds the programs in the directory that this one is in.
    ///
    /// - Throws: ``BenchError`` if one is missing: `swift run` alone does not build them.
    init() throws {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let directory = FilePath(own).removingLastComponent()
        self.floor = directory.appending("floor")
        self.contain = directory.appending("contain")
        self.spawner = directory.appending("spawner")
        self.filterOf = directory.appending("filter-of")
        for program in [floor, contain, spawner, filterOf] where access(program.string, X_OK) != 0 {
            throw BenchError("\(program) is missing; 'swift build -c release' builds all programs of the benchmark.")
        }
    }
}
