// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A runtime's part of one hierarchy: the directory that the groups of its containers are made in.
package struct CgroupBranch: Sendable {
    /// The hierarchy.
    let hierarchy: CgroupHierarchy

    /// What the groups made here are under, and why not what is missing.
    let controllers: CgroupControllers

    /// The directory that the runtime's parent group was made in: the hierarchy's top or this process's own group.
    let anchor: CgroupDirectory

    /// The groups from the anchor, not included, down to the one that runtimes share: `nestbox`.
    let parents: [CgroupDirectory]

    /// The runtime's own group, locked as long as the descriptor is open.
    let run: CgroupDirectory

    /// The name of the runtime's own group.
    let runName: String

    /// Whether it is of v2.
    var isUnified: Bool { hierarchy.version == .v2 }

    /// The group that runtimes share.
    var parent: CgroupDirectory { parents.last ?? anchor }
}

extension CgroupBranch {
    /// The branch with groups that are under these controllers besides.
    func passing(_ controllers: Set<CgroupController>) -> CgroupBranch {
        CgroupBranch(
            hierarchy: hierarchy,
            controllers: self.controllers.adding(controllers),
            anchor: anchor,
            parents: parents,
            run: run,
            runName: runName
        )
    }
}
