// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

package import SystemPackage

/// What a new process needs to start its life in a container's groups.
///
/// On v1 each descriptor is a group's `tasks` file; the process writes `0` to it while it has a single thread and before
/// it makes a cgroup namespace. `tasks` and not `cgroup.procs`: with the caller as its own target the kernel then needs no lock against forks
/// of the whole machine (`cgroup_attach_lock()`), for which `cgroup.procs` waits 5 to 15 ms whenever it was idle before.
/// The v2 group goes into `clone3` with `CLONE_INTO_CGROUP`.
///
/// The descriptors are closed when the value ends.
package struct CgroupJoin: ~Copyable, Sendable {
    /// An open `tasks` file.
    package struct Tasks: Sendable {
        /// Open for writing, close-on-exec.
        package let descriptor: FileDescriptor
        /// The file's path, for errors.
        package let path: FilePath
    }

    /// The v1 groups' files, in the order to write them.
    package let tasks: [Tasks]

    /// The v2 group's directory, close-on-exec, for `CLONE_INTO_CGROUP`.
    package let directory: FileDescriptor?

    deinit {
        for file in tasks { try? file.descriptor.close() }
        try? directory?.close()
    }
}
