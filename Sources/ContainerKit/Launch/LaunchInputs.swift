// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

package import SystemPackage

/// What the host has prepared for a launch, and under which slots the plan finds it.
///
/// Together with a configuration this is all that compiling a plan needs; a test can make one up without privileges.
package struct LaunchInputs: Hashable, Sendable {
    /// A group whose file the stage joins through.
    package struct GroupJoin: Hashable, Sendable {
        package var name: String
        package var tasks: Slot
    }

    /// A group's directory that the container sees under `/sys/fs/cgroup`.
    package struct GroupView: Hashable, Sendable {
        package var name: String
        package var path: FilePath
    }

    /// What is shown at `/sys/fs/cgroup`.
    package enum ControlGroups: Hashable, Sendable {
        /// One hierarchy (v2): the container mounts it itself, rooted in its own group.
        case unified
        /// A directory per controller (v1 and hybrid).
        case legacy(views: [GroupView])
        /// The container has no groups.
        case none
    }

    /// A mount of the host's, cloned and waiting to be attached.
    package struct PreparedMount: Hashable, Sendable {
        package var mount: Slot
        package var isDirectory: Bool
        /// Whether the stage has to clone it, because the host application may not.
        package var isLeftToStage = false
    }

    /// A root filesystem that the stage mounts, because the host application may not.
    package enum StageRoot: Hashable, Sendable {
        case directory(FilePath)
        case overlay([Mount.FilesystemOption])
    }

    /// Who the process runs as, after names were looked up.
    package var identity: ProcessIdentity
    /// The mount of the root filesystem.
    package var root: Slot
    /// What the stage has to mount as the root filesystem; `nil` where ``root`` holds it.
    package var stageRoot: StageRoot?
    /// The mounts of the configuration that the host prepared, by their index.
    package var mounts: [Int: PreparedMount]
    /// How the stage joins its groups.
    ///
    /// Empty where the clone puts it there.
    package var joins: [GroupJoin]
    /// What the container sees of its groups.
    package var controlGroups: ControlGroups
    /// Existing namespaces to join.
    package var namespaces: [Namespace]
    /// The existing mount namespace to join.
    package var joinedMounts: Slot?
    /// The compiled seccomp filter.
    package var seccomp: SeccompFilter?
    /// The pipe that tells the host of progress.
    package var status: Slot
    /// The eventfd that holds the program back until it is started; `nil` starts it at once.
    package var gate: Slot?
    /// The signals that the host application ignores: bit n - 1 for signal n.
    package var ignoredSignals: UInt64
    /// Descriptors for the program, from 3 on.
    package var descriptors: [Slot]
    /// The socket that the terminal's other end is sent through; `nil` for a program without one.
    package var terminal: Slot?
    /// What holds the stage back while the host runs hooks.
    package var hookGate: Slot?
    /// The files that hold the container's state.
    package var states: States?
    /// The socket of the agent that seccomp's listener is sent to.
    package var listener: Slot?
    /// Whether supplementary groups can't be set in the container's user namespace.
    package var groupsAreFixed = false
    /// Whether device nodes can be made.
    package var makesNodes = true
    /// How the maps of the container's user namespace are written.
    package var mapWriter = IdentityMapWriter.direct
    /// How many slots the host has filled.
    package var slotCount: Int

    /// A namespace that is joined.
    package struct Namespace: Hashable, Sendable {
        package var kind: NamespaceKind
        package var slot: Slot
    }

    /// The container's state in JSON, as those get it who are told of it.
    package struct States: Hashable, Sendable {
        /// For hooks that run before the container has been created.
        package var creating: Slot
        /// For hooks that run when it has been.
        package var created: Slot
        /// For the agent that seccomp asks.
        package var listener: Slot
    }

    /// A filter as the kernel takes it.
    package struct SeccompFilter: Hashable, Sendable {
        package var program: [UInt8]
        package var flags: UInt32
    }
}
