// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

/// The cgroup hierarchies that this process sees: v1, v2 or both.
///
/// Found once per runtime from `/proc/self/mountinfo` and `/proc/self/cgroup` (proc_pid_mountinfo(5), cgroups(7)), since
/// nothing about it changes while a runtime lives and reading the mount table on each launch is what makes others slow
/// on hosts with many containers.
package struct CgroupLayout: Hashable, Sendable {
    /// The kind of layout, in the words of systemd.
    package enum Mode: Sendable {
        /// No hierarchy is mounted.
        case none
        /// Every controller is on v1 and v2 is not mounted.
        case legacy
        /// Controllers are on v1 and a v2 hierarchy is mounted beside them.
        case hybrid
        /// Only v2 is mounted.
        case unified
    }

    /// The hierarchies, each once, v2 first.
    package var hierarchies: [CgroupHierarchy]

    package init(hierarchies: [CgroupHierarchy]) {
        self.hierarchies = hierarchies
    }

    /// The kind of layout.
    package var mode: Mode {
        switch (unified, hierarchies.contains { !$0.controllers.isEmpty }) {
        case (nil, false): .none
        case (nil, true): .legacy
        case (.some, true): .hybrid
        case (.some, false): .unified
        }
    }

    /// The v2 hierarchy, if it is mounted.
    package var unified: CgroupHierarchy? {
        hierarchies.first { $0.version == .v2 }
    }

    /// The v1 hierarchy of a controller, if it is mounted.
    package func legacy(_ controller: CgroupController) -> CgroupHierarchy? {
        hierarchies.first { $0.holds(controller) }
    }

    /// Reads the layout out of the text of the two files.
    ///
    /// A hierarchy may be mounted several times, for instance into the root filesystem of another container: mounts that
    /// are covered by a later one are left out, and of the rest a writable one that shows this process's group wins,
    /// then one that shows the whole hierarchy, then the one mounted first.
    ///
    /// - Parameters:
    ///   - mountInfo: The bytes of `/proc/self/mountinfo`.
    ///   - processCgroup: The bytes of `/proc/self/cgroup`.
    package init(mountInfo: [UInt8], processCgroup: [UInt8]) {
        let mounts = MountInfoEntry.parse(mountInfo)
        let visible = mounts.filter { $0.isCgroup && !$0.isCovered(in: mounts) }
        hierarchies = ProcessCgroup.parse(processCgroup)
            .compactMap { membership in
                visible.compactMap { CgroupHierarchy(mount: $0, membership: membership) }
                    .enumerated()
                    .max { ($0.element.preference, -$0.offset) < ($1.element.preference, -$1.offset) }?
                    .element
            }
            .sorted { $0.version == .v2 && $1.version == .v1 }
    }
}

extension CgroupHierarchy {
    fileprivate init?(mount: MountInfoEntry, membership: ProcessCgroup) {
        switch mount.filesystem {
        case "cgroup2":
            guard membership.hierarchy == 0, membership.controllers.isEmpty else { return nil }
            version = .v2
        default:
            guard membership.hierarchy != 0, !membership.controllers.isEmpty,
                membership.controllers.isSubset(of: mount.superOptions)
            else { return nil }
            version = .v1
        }
        name = membership.controllers.first { $0.hasPrefix("name=") }.map { String($0.dropFirst(5)) }
        controllers = membership.controllers.filter { !$0.hasPrefix("name=") }
        mountPoint = mount.mountPoint
        mountRoot = mount.root
        processPath = membership.path
        isReadOnly = mount.options.contains("ro") || mount.superOptions.contains("ro")
    }

    fileprivate var preference: Int {
        (isReadOnly ? 0 : 4) + (ownGroup != nil ? 2 : 0) + (mountRoot == "/" ? 1 : 0)
    }
}
