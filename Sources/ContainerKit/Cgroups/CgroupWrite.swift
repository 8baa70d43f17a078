// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// One value for one interface file of a group: what a limit becomes.
package struct CgroupWrite: Hashable, Sendable {
    /// The controller whose group holds the file.
    package var controller: CgroupController
    /// The file's name, such as `memory.max`.
    package var file: String
    /// The text to write.
    package var value: String
    /// The file to take where this kernel has not the first, and what is written there.
    package var alternative: Alternative?
    /// Another file that gets the same value before, where this kernel has it.
    package var companion: String?

    /// Another file for the same purpose.
    package struct Alternative: Hashable, Sendable {
        package var file: String
        package var value: String
    }

    package init(
        _ controller: CgroupController,
        _ file: String,
        _ value: String,
        or alternative: (file: String, value: String)? = nil,
        with companion: String? = nil
    ) {
        self.companion = companion
        self.alternative = alternative.map { Alternative(file: $0.file, value: $0.value) }
        self.controller = controller
        self.file = file
        self.value = value
    }
}

extension Resources {
    /// The writes that put these limits in force, in an order the kernel accepts.
    ///
    /// - Parameters:
    ///   - current: What is in force now; a new group has nothing.
    ///   - version: The generation that a controller belongs to here.
    /// - Returns: The writes; limits that are not set need none.
    /// - Throws: ``ContainerError`` if the merged limits are invalid, or `unsupported` if the version lacks one.
    package func writes(
        replacing current: Resources = Resources(),
        on version: (CgroupController) -> CgroupVersion
    ) throws(ContainerError) -> [CgroupWrite] {
        let merged = current.merging(self)
        try merged.validate()
        var writes: [CgroupWrite] = []
        switch version(.memory) {
        case .v1: writes += memory.legacyWrites(replacing: current.memory)
        case .v2: writes += try memory.unifiedWrites(merged: merged.memory)
        }
        switch version(.cpu) {
        case .v1: writes += cpu.legacyWrites(replacing: current.cpu)
        case .v2:
            if cpu.realtimeRuntime != nil || cpu.realtimePeriod != nil {
                throw ContainerError(.unsupported, "cgroup v2 has no real-time time: the cpu controller of v1 does")
            }
            writes += cpu.unifiedWrites(replacing: current.cpu)
        }
        writes += cpu.placementWrites
        if let limit = pids.limit {
            writes.append(CgroupWrite(.pids, "pids.max", limit.unifiedText))
        }
        writes += try furtherWrites(on: version)
        return writes
    }
}

extension Resources.CPU {
    /// Processors and memory nodes: the files have the same names on both versions.
    fileprivate var placementWrites: [CgroupWrite] {
        [
            cpus.map { CgroupWrite(.cpuset, "cpuset.cpus", $0) },
            mems.map { CgroupWrite(.cpuset, "cpuset.mems", $0) },
        ].compactMap { $0 }
    }
}

extension Resources.Limit {
    /// How v2 files, and `pids.max` on both, spell a limit.
    var unifiedText: String { value.map(String.init) ?? "max" }

    /// How v1 files spell a limit.
    var legacyText: String { value.map(String.init) ?? "-1" }
}
