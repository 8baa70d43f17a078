// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

/// Which namespaces of the kernel are the container's own (`namespaces(7)`).
///
/// The mount namespace always is.
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
