// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

extension Cgroup {
    /// Kills every process of the container, whatever it forks meanwhile, paused or not.
    ///
    /// Returns when none is left, or throws after 2 s.
    ///
    /// - Throws: ``ContainerError`` if processes hang in the kernel.
    package func kill() throws {
        let member =
            members.first { $0.directory.contains($0.file("cgroup.kill")) }
            ?? members.first { $0.branch.hierarchy.holds(.freezer) }
            ?? members.first
        guard let member else { return }
        try CgroupKill(directory: member.directory, name: member.name).run()
    }

    /// Removes the groups; every process must have ended.
    ///
    /// Groups that are gone already are no error, so that a removal that failed can be repeated.
    ///
    /// - Throws: ``ContainerError`` for the first group that stays; the others are removed all the same.
    package func remove() throws {
        var first: (any Error)?
        for member in members {
            do {
                try CgroupRemoval(directory: member.directory).remove(member.name)
            } catch {
                first = first ?? error
            }
        }
        for parent in madeParents.reversed() { parent.branch.anchor.discardGroup(parent.path) }
        if let first { throw first }
    }
}
