// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What the host has prepared for a further program in a running container, and under which slots the plan finds it.
package struct ExecutionInputs: Hashable, Sendable {
    /// Who the program runs as, after names were looked up.
    package var identity: ProcessIdentity
    /// The container's first process, whose namespaces are joined.
    package var container: Slot
    /// The namespaces that the container does not share with the host application.
    package var namespaces: NamespaceKind
    /// The container's root, where it is another than that of its mount namespace.
    package var root: Slot?
    /// How the stage joins the container's groups.
    ///
    /// Empty where the clone puts it there.
    package var joins: [LaunchInputs.GroupJoin]
    /// The container's seccomp filter.
    package var seccomp: LaunchInputs.SeccompFilter?
    /// The pipe that tells the host of progress.
    package var status: Slot
    /// The socket that the terminal's other end is sent through.
    package var terminal: Slot?
    /// The signals that the host application ignores: bit n - 1 for signal n.
    package var ignoredSignals: UInt64
    /// Descriptors for the program, from 3 on.
    package var descriptors: [Slot]
    /// Whether the program dies with the host application.
    package var isBound: Bool
    /// Whether supplementary groups can't be set in the container's user namespace.
    package var groupsAreFixed = false
    /// The host's procfs, where this process may not make one of its own.
    package var processes: Slot?
    /// How many slots the host has filled.
    package var slotCount: Int
}
