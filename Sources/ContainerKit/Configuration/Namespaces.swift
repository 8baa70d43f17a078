// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

/// Which namespaces of the kernel are the container's own (`namespaces(7)`).
///
/// The mount namespace always is, unless ``joinedMount`` names another.
public struct Namespaces: Hashable, Sendable {
    /// Where one namespace comes from.
    public enum Choice: Hashable, Sendable {
        /// The container gets a new one.
        case new
        /// The container shares the host application's.
        case host
        /// The container joins the one that this file names, such as `/proc/1234/ns/net`.
        case join(FilePath)
    }

    /// Process numbers.
    public var process: Choice = .new
    /// Host and domain name.
    public var uts: Choice = .new
    /// System V objects and POSIX message queues.
    public var ipc: Choice = .new
    /// Network devices, addresses and ports.
    ///
    /// A new one has its loopback up and nothing else.
    public var network: Choice = .new
    /// The view of control groups.
    public var cgroup: Choice = .new
    /// Users and groups of the container's own, mapped to others outside; `nil` shares the host application's.
    public var user: UserNamespace?

    /// An existing user namespace to join, such as `/proc/1234/ns/user`, instead of one of the container's own.
    public var joinedUser: FilePath?

    /// An existing mount namespace to join, such as `/proc/1234/ns/mnt`, instead of one of the container's own.
    ///
    /// The root filesystem and the sources of bind mounts are looked up in it, and the program is in it; devices and
    /// control groups come from the host application's. The container's own mounts are attached nowhere: they are seen
    /// by the container alone, the joined namespace stays as it is, and nothing is left of them when the last process
    /// of the container has ended. So the container's `/proc/self/mountinfo` is empty, and nothing can be mounted by its
    /// programs. With the root `/` and nothing that changes it (no mounts, masked or read-only paths) the program has
    /// the namespace's own root, and sees what is mounted there later.
    ///
    /// It needs root, and goes with no user namespace of the container's own.
    public var joinedMount: FilePath?

    /// The clocks that count time since the start of the machine.
    ///
    /// The host's by default.
    public var time: Choice = .host

    /// What a new time namespace adds to the monotonic clock.
    public var monotonicOffset: Duration = .zero

    /// What a new time namespace adds to the clock that also counts while the machine sleeps.
    public var bootTimeOffset: Duration = .zero

    /// Creates the default: all of the container's own but the user and time namespaces.
    public init() {}
}
