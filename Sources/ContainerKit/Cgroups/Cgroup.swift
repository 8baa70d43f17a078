// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization
package import SystemPackage

/// The control groups of one container: one group in each hierarchy that does something for it.
///
/// Made with ``CgroupTree/makeGroup(at:resources:)``. All calls are synchronous; ``kill()``, ``freeze()`` and
/// ``remove()`` may wait for the kernel, for a bounded time.
package final class Cgroup: Sendable {
    /// The group in one hierarchy.
    struct Member: Sendable {
        let branch: CgroupBranch
        /// The directory that the group is in.
        let directory: CgroupDirectory
        /// The group's name there.
        let name: String

        /// The name of an interface file, relative to the directory.
        func file(_ file: String) -> String { name + "/" + file }
    }

    /// Where the group is.
    package let location: CgroupLocation

    /// Kept so that the runtime's groups stay locked as long as a container's exist.
    let tree: CgroupTree
    let members: [Member]

    /// The groups made on the way to a path that a user gave, relative to each branch's anchor.
    let madeParents: [(branch: CgroupBranch, path: String)]

    /// The limits in force.
    let limits: Mutex<Resources>

    init(
        location: CgroupLocation,
        tree: CgroupTree,
        members: [Member],
        madeParents: [(branch: CgroupBranch, path: String)],
        limits: Resources
    ) {
        self.location = location
        self.tree = tree
        self.members = members
        self.madeParents = madeParents
        self.limits = Mutex(limits)
    }

    /// The limits in force, as far as they were set through this object.
    package var resources: Resources { limits.withLock { $0 } }

    /// The groups' directories on this machine, one a hierarchy.
    package var paths: [FilePath] { members.map { $0.directory.path.appending($0.name) } }

    /// The v2 group, if there is one.
    var unified: Member? { members.first { $0.branch.hierarchy.version == .v2 } }

    /// The group that is under a controller: v1's own hierarchy, or v2's.
    func member(_ controller: CgroupController) -> Member? {
        members.first { $0.branch.hierarchy.holds(controller) } ?? unified
    }
}
