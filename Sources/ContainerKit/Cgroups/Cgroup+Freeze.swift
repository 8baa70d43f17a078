// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Cgroup {
    /// Stops every process of the container where it is, and waits until all are stopped.
    ///
    /// - Throws: ``ContainerError`` if the kernel can't stop one within 2 s; then all run again.
    package func freeze() throws {
        try requireFreezer().set(true)
    }

    /// Lets the processes run on.
    ///
    /// - Throws: ``ContainerError`` if they do not within 2 s.
    package func thaw() throws {
        try requireFreezer().set(false)
    }

    /// Whether the processes are stopped, or are being stopped; `false` where there is no freezer.
    var isFrozen: Bool {
        get throws { try freezer?.isFreezing ?? false }
    }

    private func requireFreezer() throws -> CgroupFreezer {
        guard let freezer else { throw CgroupFreezer.missing }
        return freezer
    }

    private var freezer: CgroupFreezer? {
        if let unified, unified.directory.contains(unified.file("cgroup.freeze")) {
            return CgroupFreezer(directory: unified.directory, name: unified.name, isUnified: true)
        }
        return members.first { $0.branch.hierarchy.holds(.freezer) }.map {
            CgroupFreezer(directory: $0.directory, name: $0.name, isUnified: false)
        }
    }
}
