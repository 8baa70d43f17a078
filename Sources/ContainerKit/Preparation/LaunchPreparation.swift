// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
internal import SystemPackage

/// Does the host's part of a launch: opens and clones what the container gets, compiles the plan, writes it down.
///
/// Synchronous: a handful of system calls that do not wait.
struct LaunchPreparation {
    let configuration: ContainerConfiguration
    let group: Cgroup
    let seccomp: SeccompFilterCache
    let waitsForStart: Bool
    let fault: LaunchFault

    func prepare() throws -> PreparedLaunch {
        var slots = DescriptorTable()
        let mounts = HostMountPreparation(fault: fault)

        let root = try RootFilesystemPreparation(rootFilesystem: configuration.rootFilesystem, fault: fault).open()
        let identity = try resolveIdentity(root)
        let rootSlot = slots.add(root)
        let prepared = try prepareMounts(mounts, &slots)
        try checkDevices()
        let namespaces = try prepareNamespaces(mounts, &slots)
        let join = try openJoin()
        let joins = join.tasks.map {
            LaunchInputs.GroupJoin(
                name: group.hierarchy(of: $0.path),
                tasks: slots.add(unowned: $0.descriptor.rawValue)
            )
        }
        let views = controlGroups()
        let filter = try compileSeccomp()

        var streamEnds = DescriptorTable()
        let streams = try StreamPreparation(process: configuration.process, fault: fault).open(&streamEnds)
        let descriptors = try duplicateDescriptors(&slots)
        try fault.before("open status pipe")
        let status = try launchStep("open status pipe") { () throws(Errno) in try Pipe() }
        let statusSlot = slots.add(status.write)
        let statusEnd = status.read
        var gateNumber: CInt?
        let gate = try openGate(&gateNumber)
        let gateSlot = gateNumber.map { slots.add(unowned: $0) }

        let inputs = LaunchInputs(
            identity: identity,
            root: rootSlot,
            mounts: prepared,
            joins: joins,
            controlGroups: views,
            namespaces: namespaces,
            seccomp: filter,
            status: statusSlot,
            gate: gateSlot,
            ignoredSignals: IgnoredSignals.now(),
            descriptors: descriptors,
            slotCount: slots.values.count
        )
        let plan = LaunchPlanCompiler.compile(configuration, inputs: inputs)
        let memory = try write(plan, slots.values)
        return PreparedLaunch(
            plan: plan,
            memory: memory,
            slots: slots,
            streamEnds: streamEnds,
            streams: streams,
            join: join,
            status: statusEnd,
            gate: gate
        )
    }

    /// Looks names up in the container's own files.
    ///
    /// A number needs them only for the home directory.
    private func resolveIdentity(_ root: borrowing Descriptor) throws -> ProcessIdentity {
        let user = configuration.process.user
        let hasHome = configuration.process.environment.contains { $0.hasPrefix("HOME=") }
        if case .numbers(let number, let group) = user.form, hasHome {
            return ProcessIdentity(user: number, group: group, supplementaryGroups: user.supplementaryGroups)
        }
        try fault.before("read accounts", "/etc/passwd")
        do {
            let passwd = try ContainerFile.text(of: "/etc/passwd", in: root)
            var group = ""
            if case .name = user.form { group = try ContainerFile.text(of: "/etc/group", in: root) }
            return try UserResolution(passwd: passwd, group: group).identity(of: user)
        } catch let errno as Errno {
            throw ContainerError(
                .unknownUser,
                "the container's /etc/passwd and /etc/group can't be read",
                operation: "read accounts",
                path: "/etc/passwd",
                errno: errno
            )
        }
    }

    private func prepareMounts(
        _ mounts: HostMountPreparation,
        _ slots: inout DescriptorTable
    ) throws -> [Int: LaunchInputs.PreparedMount] {
        var prepared: [Int: LaunchInputs.PreparedMount] = [:]
        for (index, mount) in configuration.mounts.enumerated() {
            guard case .bind(let source, let recursive) = mount.source else { continue }
            let clone = try mounts.bind(source, recursive: recursive, options: mount.options)
            let isDirectory = clone.isDirectory
            prepared[index] = .init(mount: slots.add(clone.descriptor), isDirectory: isDirectory)
        }
        return prepared
    }

    private func prepareNamespaces(
        _ mounts: HostMountPreparation,
        _ slots: inout DescriptorTable
    ) throws -> [LaunchInputs.Namespace] {
        let choices: [(Namespaces.Choice, NamespaceKind)] = [
            (configuration.namespaces.ipc, .ipc), (configuration.namespaces.uts, .uts),
            (configuration.namespaces.network, .network),
        ]
        var joined: [LaunchInputs.Namespace] = []
        for (choice, kind) in choices {
            guard case .join(let path) = choice else { continue }
            joined.append(.init(kind: kind, slot: slots.add(try mounts.namespace(path, kind))))
        }
        return joined
    }

    private func openJoin() throws -> CgroupJoin {
        try fault.before("open control groups")
        return try group.openJoin()
    }

    private func controlGroups() -> LaunchInputs.ControlGroups {
        guard configuration.mounts.contains(where: { $0.source == .cgroup }) else { return .none }
        if group.tree.layout.mode == .unified { return .unified }
        return .legacy(views: group.views)
    }

    /// The stage takes the nodes from the host's tree by path; here it is seen to that they are devices, once for each.
    private func checkDevices() throws {
        for node in configuration.devices {
            try fault.before("check device", node.hostPath)
            try DeviceCheck.shared.check(node.hostPath)
        }
        if !configuration.maskedPaths.isEmpty { try DeviceCheck.shared.checkNull() }
    }

    private func compileSeccomp() throws -> LaunchInputs.SeccompFilter? {
        try fault.before("compile seccomp profile")
        return try seccomp.filter(configuration.seccomp, capabilities: configuration.process.capabilities.bounding)
    }

    private func duplicateDescriptors(_ slots: inout DescriptorTable) throws -> [Slot] {
        var descriptors: [Slot] = []
        for descriptor in configuration.process.descriptors {
            try fault.before("duplicate descriptor")
            let duplicate = try launchStep("duplicate descriptor \(descriptor.rawValue)") { () throws(Errno) in
                try Descriptor.duplicate(descriptor)
            }
            descriptors.append(slots.add(duplicate))
        }
        return descriptors
    }

    private func openGate(_ number: inout CInt?) throws -> Descriptor? {
        guard waitsForStart else { return nil }
        try fault.before("open gate")
        let gate = try launchStep("open gate") { () throws(Errno) in try WakeUp().intoDescriptor() }
        number = gate.rawValue
        return gate
    }

    private func write(_ plan: LaunchPlan, _ descriptors: [CInt]) throws -> PlanMemory {
        var encoder = LaunchPlanEncoder(plan)
        let bytes = try encoder.encode(descriptors: descriptors, fault: fault.stageOperation)
        try fault.before("write launch plan")
        let memory = try launchStep("write launch plan") { () throws(Errno) in
            try Descriptor.take(nestbox_shared_memory("nestbox-plan", bytes, bytes.count)).aboveStandardStreams()
        }
        return PlanMemory(descriptor: memory, size: bytes.count)
    }
}

/// Runs a step of the launch itself, whose failure is the host application's lack of descriptors or memory.
private func launchStep<Value: ~Copyable>(
    _ operation: String,
    _ body: () throws(Errno) -> Value
) throws(ContainerError) -> Value {
    do {
        return try body()
    } catch {
        throw ContainerError(.launch, "the launch can't be prepared", operation: operation, errno: error)
    }
}

extension Cgroup {
    /// The name of the hierarchy that a file of the group is in, such as `memory`.
    fileprivate func hierarchy(of path: FilePath) -> String {
        let mountPoint = members.lazy.map(\.branch.hierarchy.mountPoint).first { path.starts(with: $0) }
        return mountPoint?.lastComponent?.string ?? path.string
    }

    /// The groups by the names of their hierarchies' directories.
    fileprivate var views: [LaunchInputs.GroupView] {
        members.map { member in
            let hierarchy = member.branch.hierarchy.mountPoint.lastComponent?.string ?? member.name
            return .init(name: hierarchy, path: member.directory.path.appending(member.name))
        }
    }
}
