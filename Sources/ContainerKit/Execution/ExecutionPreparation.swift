// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
internal import SystemPackage

/// Does the host's part of running a further program in a running container.
struct ExecutionPreparation {
    let target: RunningTarget
    let process: ProcessConfiguration
    let seccomp: SeccompFilterCache
    let fault: LaunchFault
    /// What this process may do.
    var rights = HostRights.root

    func prepare() throws -> PreparedLaunch {
        let parts = LaunchParts(process: process, fault: fault)
        var slots = DescriptorTable()
        let identity = try parts.resolveIdentity { path throws(Errno) in try textInContainer(path) }
        let containerSlot = slots.add(try openProcess())
        let join = try openJoin()
        let joins = join.tasks.map {
            LaunchInputs.GroupJoin(
                name: target.group?.hierarchy(of: $0.path) ?? $0.path.string,
                tasks: slots.add(unowned: $0.descriptor.rawValue)
            )
        }
        try fault.before("compile seccomp profile")
        let filter = try seccomp.filter(target.seccomp, capabilities: target.capabilities)

        var streamEnds = DescriptorTable()
        var streams = try StreamPreparation(process: process, fault: fault).open(&streamEnds)
        let terminal = try parts.openTerminalSocket(&slots, &streams)
        let descriptors = try parts.duplicateDescriptors(&slots)
        var statusEnd: Descriptor?
        let status = try parts.openStatus(&slots, &statusEnd)
        let inputs = ExecutionInputs(
            identity: identity,
            container: containerSlot,
            namespaces: target.namespaces,
            root: try openRoot(&slots),
            joins: joins,
            seccomp: filter,
            status: status,
            terminal: terminal,
            ignoredSignals: IgnoredSignals.now(),
            descriptors: descriptors,
            isBound: target.isBound,
            groupsAreFixed: try groupsAreFixed(),
            processes: try openProcesses(&slots),
            slotCount: slots.values.count
        )
        let plan = ExecutionPlanCompiler.compile(process, inputs: inputs)
        let memory = try parts.write(plan, slots.values)
        return PreparedLaunch(
            plan: plan,
            memory: memory,
            slots: slots,
            streamEnds: streamEnds,
            streams: streams,
            join: join,
            status: statusEnd.take(),
            gate: nil,
            stop: nil
        )
    }

    /// Whether supplementary groups can't be set where the program will be.
    private func groupsAreFixed() throws -> Bool {
        guard target.namespaces.contains(.user) || rights.isNested else { return false }
        try fault.before("look at user namespace")
        let text = try? target.process.withNumber { pid in
            let file = try FileDescriptor.open("/proc/\(pid)/setgroups", .readOnly, options: .closeOnExec)
            return try file.closeAfter {
                var bytes = [UInt8](repeating: 0, count: 16)
                let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0) }
                return String(decoding: bytes[..<count], as: UTF8.self)
            }
        }
        return text?.hasPrefix("deny") == true
    }

    /// The host's procfs, for a score that is set while the host's mounts are still the process's own.
    private func openProcesses(_ slots: inout DescriptorTable) throws -> Slot? {
        guard process.oomScoreAdjustment != nil, !rights.maySetUp || rights.isNested else { return nil }
        try fault.before("open procfs")
        return slots.add(
            try launchStep("open procfs") { () throws(Errno) -> Descriptor in
                let flags = UInt64(NESTBOX_O_PATH | O_DIRECTORY | O_CLOEXEC)
                return try Descriptor.take(nestbox_openat2(AT_FDCWD, "/proc", flags, 0, 0)).aboveStandardStreams()
            }
        )
    }

    private func openProcess() throws -> Descriptor {
        try fault.before("open container")
        return try launchStep("open container") { () throws(Errno) in try target.process.duplicateDescriptor() }
    }

    private func openJoin() throws -> CgroupJoin {
        try fault.before("open control groups")
        guard let group = target.group else { return CgroupJoin(tasks: [], directory: nil) }
        return try group.openJoin()
    }

    /// A file as the container's first process sees it, resolved below its root.
    private func textInContainer(_ path: FilePath) throws(Errno) -> String {
        try ContainerFile.text(of: path, in: openRoot())
    }

    private func openRoot() throws(Errno) -> Descriptor {
        let root: Descriptor? = try target.process.withNumber { pid throws(Errno) in
            let flags = UInt64(NESTBOX_O_PATH | O_DIRECTORY | O_CLOEXEC)
            return try Descriptor.take(nestbox_openat2(AT_FDCWD, "/proc/\(pid)/root", flags, 0, 0))
        }
        guard let root = consume root else { throw .noSuchProcess }
        return root
    }

    private func openRoot(_ slots: inout DescriptorTable) throws -> Slot? {
        guard target.hasOwnRoot else { return nil }
        try fault.before("open root")
        return slots.add(
            try launchStep("open root") { () throws(Errno) in try openRoot().aboveStandardStreams() }
        )
    }
}
