// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
package import SystemPackage

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

    /// Kills what is in a container's groups and removes them, for one whose program has ended.
    ///
    /// - Parameter directories: The groups' directories; those that are gone are passed.
    /// - Throws: ``ContainerError`` if a process does not die or a group stays.
    package func removeGroups(at directories: [FilePath]) throws {
        let left = directories.filter { (try? FileKind(at: $0).isDirectory) == true }
        guard !left.isEmpty else { return }
        let group = try groups.adoptGroup(at: left)
        try group.kill()
        try group.remove()
        // The parent that runtimes share goes with the last of its groups.
        for parent in Set(left.map { $0.removingLastComponent() }) where parent.lastComponent == "nestbox" {
            rmdir(parent.string)
        }
    }

    /// Whether the process that a reference names still runs.
    package static func isAlive(_ reference: ContainerReference) -> Bool {
        guard let files = ProcessFiles(reference.processIdentifier), files.startTime == reference.startTime else {
            return false
        }
        return files.fields.first != "Z" && files.fields.first != "X"
    }

    /// Runs hooks on the host that are due when a container is gone.
    package func runPoststopHooks(_ configuration: ContainerConfiguration) async {
        await runLateHooks(configuration.hooks.poststop, configuration, processIdentifier: 0, status: "stopped")
    }

    /// Runs hooks on the host that are due when a program has been started by ``LaunchFiles/start()``.
    package func runPoststartHooks(_ configuration: ContainerConfiguration, processIdentifier: Int32) async {
        await runLateHooks(
            configuration.hooks.poststart,
            configuration,
            processIdentifier: processIdentifier,
            status: "running"
        )
    }

    /// The descriptor is opened first and the start time compared after, so it is the right process or none.
    private func findProcess(_ reference: ContainerReference) throws -> ProcessExit {
        let number = reference.processIdentifier
        let pidfd = number > 0 ? nestbox_open_process(number) : -ESRCH
        guard pidfd >= 0 else { throw Self.gone(reference) }
        let process = ProcessExit(LaunchedProcess(pid: number, pidfd: pidfd)) { _ in }
        guard ProcessFiles(number)?.startTime == reference.startTime, (try? process.send(Signal(rawValue: 0))) == true
        else { throw Self.gone(reference) }
        try process.watch(by: reactor)
        return process
    }

    private static func gone(_ reference: ContainerReference) -> ContainerError {
        ContainerError(.invalidState, "container '\(reference.identifier)' no longer runs")
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
