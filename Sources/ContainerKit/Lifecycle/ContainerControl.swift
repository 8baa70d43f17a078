// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
internal import SystemPackage

/// A running container that another process has made, for what is done at once.
///
/// It needs no runtime: no thread is started and nothing is waited for but the kernel.
package struct ContainerControl: Sendable {
    private let reference: ContainerReference

    /// - Throws: ``ContainerError`` of code `invalidState` if the container no longer runs.
    package init(_ reference: ContainerReference) throws(ContainerError) {
        guard ContainerRuntime.isAlive(reference) else { throw .gone(reference) }
        self.reference = reference
    }

    private var groups: FoundGroups { FoundGroups(directories: reference.controlGroups) }

    /// Sends a signal to the container's first process.
    ///
    /// - Throws: ``ContainerError`` of code `invalidState` if the program has ended.
    package func send(_ signal: Signal) throws {
        let process = try reference.openProcess()
        let result = nestbox_send_signal(process.rawValue, signal.rawValue)
        if result == -ESRCH { throw ContainerError.gone(reference) }
        guard result < 0 else { return }
        throw ContainerError(
            .process,
            "the signal can't be sent",
            operation: "pidfd_send_signal",
            errno: Errno(rawValue: -result)
        )
    }

    /// Sends a signal to one of the container's processes.
    ///
    /// - Parameters:
    ///   - signal: The signal.
    ///   - information: The process, of ``processes()``; one that took its number since is not hit.
    package func send(_ signal: Signal, to information: ProcessInformation) {
        information.send(signal)
    }

    /// Kills every process of the container, paused or not.
    ///
    /// - Throws: ``ContainerError`` if the kernel does not let go of a process within 2 s.
    package func kill() throws {
        try? send(.kill)
        try groups.kill()
    }

    /// Kills every process and waits until the first has ended.
    ///
    /// - Throws: ``ContainerError`` if the kernel does not let go of a process within 2 s.
    package func end() throws {
        let process: Descriptor
        do { process = try reference.openProcess() } catch { return }
        _ = nestbox_send_signal(process.rawValue, Signal.kill.rawValue)
        try groups.kill()
        var poll = FileDescriptorPoll(process.borrowed)
        poll.waitUntilReadable()
    }

    /// Stops all of the container's processes where they are, or lets them go on.
    ///
    /// - Throws: ``ContainerError`` if this machine has no freezer.
    package func setPaused(_ isPaused: Bool) throws {
        try requireGroups(isPaused ? "paused" : "resumed")
        guard let freezer = try groups.freezer else { throw CgroupFreezer.missing }
        try freezer.set(isPaused)
    }

    /// Whether its processes are stopped by ``setPaused(_:)``; `false` also where this machine has no freezer.
    ///
    /// - Throws: ``ContainerError`` if its control groups can't be read.
    package func isPaused() throws -> Bool {
        try groups.freezer?.isFreezing ?? false
    }

    /// Changes the container's limits.
    ///
    /// - Parameter resources: The new limits; those that are `nil` stay.
    /// - Throws: ``ContainerError``; as ``Container/update(_:)``.
    package func update(_ resources: Resources) throws {
        try requireGroups("updated")
        try adoptedGroup().update(resources)
    }

    /// What the container has used so far and uses now.
    ///
    /// - Throws: ``ContainerError`` if its control groups can't be read.
    package func usage() throws -> ResourceUsage {
        try requireGroups("measured")
        return try adoptedGroup().usage()
    }

    /// The container's processes now, in the order of their start.
    ///
    /// - Throws: ``ContainerError`` if its control groups can't be read.
    package func processes() throws -> [ProcessInformation] {
        try requireGroups("looked into")
        return try groups.processes()
    }

    /// Kills what is in a container's groups and removes them, for one whose program has ended.
    ///
    /// - Parameter reference: The container; groups that are gone are passed.
    /// - Throws: ``ContainerError`` if a process does not die or a group stays.
    package static func removeGroups(of reference: ContainerReference) throws {
        try FoundGroups(directories: reference.controlGroups).remove()
    }

    private func adoptedGroup() throws -> Cgroup {
        let tree = CgroupTree(
            layout: try .current(),
            parentPath: .nestbox,
            hook: nil,
            isDetached: true,
            standing: [],
            unavailable: [:]
        )
        return try tree.adoptGroup(at: reference.controlGroups)
    }

    private func requireGroups(_ action: String) throws(ContainerError) {
        if !reference.controlGroups.isEmpty { return }
        throw ContainerError(.unsupported, "the container can't be \(action): it has no control groups")
    }
}

extension ContainerReference {
    /// A descriptor of the container's first process.
    ///
    /// It is opened first and the start time compared after, so it is the right process or none.
    ///
    /// - Throws: ``ContainerError`` of code `invalidState` if the process is gone.
    func openProcess() throws(ContainerError) -> Descriptor {
        let pidfd = processIdentifier > 0 ? nestbox_open_process(processIdentifier) : -ESRCH
        guard pidfd >= 0 else { throw .gone(self) }
        let process = Descriptor(owning: pidfd)
        guard ProcessFiles(processIdentifier)?.startTime == startTime else { throw .gone(self) }
        return process
    }
}

extension ContainerError {
    static func gone(_ reference: ContainerReference) -> ContainerError {
        ContainerError(.invalidState, "container '\(reference.identifier)' no longer runs")
    }
}

extension ProcessInformation {
    /// Sends a signal to the process, unless another has its number by now.
    ///
    /// - Returns: Whether it was there.
    @discardableResult
    func send(_ signal: Signal) -> Bool {
        let pidfd = nestbox_open_process(identifier)
        guard pidfd >= 0 else { return false }
        let descriptor = Descriptor(owning: pidfd)
        guard ProcessFiles(identifier)?.information()?.started == started else { return false }
        return nestbox_send_signal(descriptor.rawValue, signal.rawValue) == 0
    }
}
