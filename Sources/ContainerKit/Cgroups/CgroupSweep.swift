// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// What a sweep found of runtimes that are no more.
package struct CgroupSweep: Sendable {
    /// The groups of dead runtimes that were removed.
    package var removed = 0

    /// What could not be removed, and why.
    package var failures: [ContainerError] = []

    /// What the names of runtimes' groups begin with; a sweep touches nothing else.
    static let prefix = "run-"

    /// A new name for a runtime's group; the pid in it is for people, liveness is the lock's matter.
    static func runName() -> String {
        prefix + String(getpid()) + "-" + String(UInt64.random(in: .min ... .max), radix: 16)
    }

    package init() {}
}

extension CgroupTree {
    /// Kills and removes what dead runtimes left in our parent group.
    ///
    /// Call it once when a runtime starts. Containers that are meant to outlive their runtime are not below its group
    /// and so are never touched.
    package func sweep() -> CgroupSweep {
        var sweep = CgroupSweep()
        for branch in standing {
            do {
                for name in try branch.parent.groups()
                where name.hasPrefix(CgroupSweep.prefix) && name != branch.runName {
                    try sweep.remove(name, in: branch)
                }
            } catch let error as ContainerError {
                sweep.failures.append(error)
            } catch {
                sweep.failures.append(ContainerError(.cgroup, "the sweep was stopped: \(error)"))
            }
        }
        return sweep
    }
}

extension CgroupSweep {
    fileprivate mutating func remove(_ name: String, in branch: CgroupBranch) throws {
        // Another sweep may have been faster, or the runtime is alive and holds the lock.
        guard let stale = try? branch.parent.subdirectory(name), stale.lock() else { return }
        do {
            try CgroupKill(directory: branch.parent, name: name).run()
            try CgroupRemoval(directory: branch.parent).remove(name)
            removed += 1
        } catch let error as ContainerError {
            failures.append(error)
        }
    }
}
