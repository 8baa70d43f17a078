// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

package import SystemPackage

/// One mounted cgroup hierarchy: where it is and where this process stands in it.
package struct CgroupHierarchy: Hashable, Sendable {
    /// The generation of the interface.
    package var version: CgroupVersion

    /// The controllers that the mount names, `cpu` and `cpuacct` for instance; empty on v2, which lists its own in
    /// `cgroup.controllers`.
    package var controllers: Set<String>

    /// The name of a v1 hierarchy without controllers, such as `systemd`.
    package var name: String?

    /// Where it is mounted.
    package var mountPoint: FilePath

    /// The group that is visible at the mount point; `/` unless it is a bind mount of a part.
    package var mountRoot: FilePath

    /// This process's group, as `/proc/self/cgroup` shows it.
    package var processPath: FilePath

    /// Whether the mount refuses writes.
    package var isReadOnly: Bool

    /// This process's group relative to the mount point; empty at the top, `nil` if it lies outside what is mounted.
    package var ownGroup: FilePath? {
        guard !processPath.components.contains(where: { $0.kind == .parentDirectory }),
            !mountRoot.components.contains(where: { $0.kind == .parentDirectory })
        else { return nil }
        var path = processPath
        guard path.removePrefix(mountRoot) else { return nil }
        return path
    }

    /// Whether groups of this hierarchy are under the controller; always `false` on v2, where only the group knows.
    func holds(_ controller: CgroupController) -> Bool {
        controllers.contains(controller.rawValue)
    }
}
