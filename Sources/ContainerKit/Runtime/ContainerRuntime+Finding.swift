// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
internal import SystemPackage

extension ContainerRuntime {
    /// Finds a running container that another process or runtime has made.
    ///
    /// - Parameters:
    ///   - reference: What its maker wrote down.
    ///   - seccomp: The policy it was made with, for further programs.
    /// - Returns: The container.
    /// - Throws: ``ContainerError`` of code `invalidState` if it no longer runs.
    public func find(_ reference: ContainerReference, seccomp: SeccompPolicy = .standard) throws -> FoundContainer {
        let process = try findProcess(reference)
        let group = reference.controlGroups.isEmpty ? nil : try groups.adoptGroup(at: reference.controlGroups)
        return FoundContainer(
            reference,
            process: process,
            group: group,
            namespaces: NamespaceKind.differing(of: reference.processIdentifier),
            seccomp: seccomp,
            runtime: self
        )
    }

    /// Whether the process that a reference names still runs.
    package static func isAlive(_ reference: ContainerReference) -> Bool {
        guard let files = ProcessFiles(reference.processIdentifier), files.startTime == reference.startTime else {
            return false
        }
        return files.fields.first != "Z" && files.fields.first != "X"
    }

    /// Runs hooks on the host that are due when a container is gone.
    ///
    /// - Returns: What failed.
    @discardableResult
    package func runPoststopHooks(_ configuration: ContainerConfiguration) async -> [any Error] {
        await runLateHooks(configuration.hooks.poststop, configuration, processIdentifier: 0, status: "stopped")
    }

    /// Runs hooks on the host that are due when a program has been started by ``LaunchFiles/start()``.
    ///
    /// - Throws: ``ContainerError`` of code `hook` for the first that fails; the container is then to be ended.
    package func runPoststartHooks(_ configuration: ContainerConfiguration, processIdentifier: Int32) async throws {
        let document = StateDocument(configuration: configuration, processIdentifier: processIdentifier)
        for hook in configuration.hooks.poststart {
            try await HostHook(hook: hook, reactor: reactor).run(state: document.text("running"))
        }
    }

    private func findProcess(_ reference: ContainerReference) throws -> ProcessExit {
        let pidfd = try reference.openProcess()
        let process = ProcessExit(
            LaunchedProcess(pid: reference.processIdentifier, pidfd: pidfd.release())
        ) { _ in }
        guard (try? process.send(Signal(rawValue: 0))) == true else { throw ContainerError.gone(reference) }
        try process.watch(by: reactor)
        return process
    }
}

extension NamespaceKind {
    /// The namespaces of a process that are not this process's own.
    static func differing(of pid: Int32) -> NamespaceKind {
        let names: [(String, NamespaceKind)] = [
            ("user", .user), ("mnt", .mount), ("pid", .process), ("uts", .uts), ("ipc", .ipc), ("net", .network),
            ("cgroup", .cgroup), ("time", .time),
        ]
        var kinds: NamespaceKind = []
        for (name, kind) in names where !isShared(name, with: pid) { kinds.insert(kind) }
        return kinds
    }

    private static func isShared(_ name: String, with pid: Int32) -> Bool {
        var own = stat()
        var other = stat()
        guard stat("/proc/self/ns/" + name, &own) == 0, stat("/proc/\(pid)/ns/" + name, &other) == 0 else {
            return true
        }
        return own.st_ino == other.st_ino && own.st_dev == other.st_dev
    }
}
