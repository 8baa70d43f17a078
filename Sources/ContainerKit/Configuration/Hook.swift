// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

/// A program that is run at a point of a container's life, with the container's state in JSON on its input.
///
/// It fails if it can't be executed, ends with another code than 0 or takes too long.
public struct Hook: Hashable, Sendable {
    /// The program; an absolute path.
    public var path: FilePath
    /// The arguments, the program's name first; where empty, the path alone.
    public var arguments: [String]
    /// The environment, as `NAME=value`.
    public var environment: [String]
    /// How long it may take, in whole seconds; `nil` sets no limit.
    public var timeout: Duration?

    /// Creates a hook.
    ///
    /// - Parameters:
    ///   - path: The program.
    ///   - arguments: The arguments, the program's name first.
    ///   - environment: The environment.
    ///   - timeout: How long it may take.
    public init(_ path: FilePath, arguments: [String] = [], environment: [String] = [], timeout: Duration? = nil) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.timeout = timeout
    }
}

/// The hooks of a container, in the order in which they run (OCI runtime specification, "POSIX-platform Hooks").
///
/// The first five kinds end the container when one fails; the last is only logged.
public struct Hooks: Hashable, Sendable {
    /// On the host, once the namespaces exist and all is mounted, before the root is changed.
    ///
    /// The specification deprecates it for ``createRuntime``.
    public var prestart: [Hook] = []
    /// On the host, after ``prestart``.
    public var createRuntime: [Hook] = []
    /// The host's program in the container's namespaces, after ``createRuntime``.
    public var createContainer: [Hook] = []
    /// The container's own program in it, before the container's program.
    public var startContainer: [Hook] = []
    /// On the host, when the container's program has been started.
    public var poststart: [Hook] = []
    /// On the host, when the container has been deleted.
    public var poststop: [Hook] = []

    /// Creates an empty set.
    public init() {}

    /// Whether some are run before the container's root is its own.
    var runBeforeRoot: Bool { !(prestart.isEmpty && createRuntime.isEmpty && createContainer.isEmpty) }

    /// Whether the stage runs some.
    var needState: Bool { runBeforeRoot || !startContainer.isEmpty }

    /// All of them.
    var all: [Hook] { prestart + createRuntime + createContainer + startContainer + poststart + poststop }
}

extension ContainerConfiguration {
    /// Whether the stage waits while something is done on the host for the container.
    var isHeldBack: Bool {
        hooks.needState || seccomp.listenerPath != nil || userModeNetwork != nil
            || !networkDevices.isEmpty
    }
}
