// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Container {
    /// Runs a further program in the container.
    ///
    /// It has a user, environment, directory, capabilities, limits, streams or terminal of its own, and the container's namespaces,
    /// control groups and seccomp profile. Nothing that runs in the container can influence it before it is executed,
    /// or reach the host application through it.
    ///
    /// ```swift
    /// let shell = try await container.execute(ProcessConfiguration(["/bin/ls", "/"], output: .stream))
    /// for try await line in shell.standardOutput.lines { print(line) }
    /// ```
    ///
    /// - Parameter process: What to run. A missing working directory is an error here; it is not made.
    /// - Returns: The running program.
    /// - Throws: ``ContainerError``: `invalidState` unless the container runs and is not paused; else the operation that failed and the
    ///   reason. No process is left then.
    public func execute(_ process: ProcessConfiguration) async throws -> ContainerProcess {
        guard state == .running else {
            throw ContainerError(.invalidState, "the container is not running")
        }
        return try await runtime.execute(process, in: target)
    }

    private var target: RunningTarget {
        RunningTarget(
            process: process,
            namespaces: configuration.namespaces.joinable,
            hasOwnRoot: configuration.namespaces.joinedMount != nil,
            group: group,
            seccomp: configuration.seccomp,
            capabilities: configuration.process.capabilities.bounding,
            isBound: true
        )
    }
}

extension Namespaces {
    /// The namespaces that a further program has to join.
    var joinable: NamespaceKind {
        var kinds = cloned
        let choices: [(Choice, NamespaceKind)] = [
            (process, .process), (uts, .uts), (ipc, .ipc), (network, .network), (cgroup, .cgroup),
            (time, .time),
        ]
        for (choice, kind) in choices where choice != .host { kinds.insert(kind) }
        if joinedUser != nil { kinds.insert(.user) }
        return kinds
    }
}
