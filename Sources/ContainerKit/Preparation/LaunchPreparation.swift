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
    /// The user namespaces that mounts are mapped by.
    let maps: [UserNamespace: UserNamespaceHandle]
    /// The mount namespace that the container joins.
    var joined: JoinedMounts?
    /// What this process may do.
    var rights = HostRights.root
    let fault: LaunchFault

    func prepare() throws -> PreparedLaunch {
        var slots = DescriptorTable()
        let mounts = HostMountPreparation(fault: fault)

        let parts = LaunchParts(process: configuration.process, fault: fault)
        let files: Filesystem
        if let joined {
            files = try joined.run { try prepareFilesystem(parts, mounts, &slots) }
        } else {
            files = try prepareFilesystem(parts, mounts, &slots)
        }
        try requireMapped(files.identity)
        try checkDevices()
        let namespaces = try prepareNamespaces(mounts, &slots)
        let joinedMounts = joined.map { slots.add(unowned: $0.namespace.rawValue) }
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
        var streams = try StreamPreparation(process: configuration.process, fault: fault).open(&streamEnds)
        let terminal = try parts.openTerminalSocket(&slots, &streams)
        let descriptors = try parts.duplicateDescriptors(&slots)
        var statusEnd: Descriptor?
        let statusSlot = try parts.openStatus(&slots, &statusEnd)
        var gateNumber: CInt?
        let gate = try openGate(&gateNumber)
        let gateSlot = gateNumber.map { slots.add(unowned: $0) }
        var stop: HookStop?
        let (hookGate, states) = try openHookStop(&slots, &stop)
        let listener = try connectListener(&slots)

        let inputs = LaunchInputs(
            identity: files.identity,
            root: files.root,
            stageRoot: files.stageRoot,
            mounts: files.mounts,
            joins: joins,
            controlGroups: views,
            namespaces: namespaces,
            joinedMounts: joinedMounts,
            seccomp: filter,
            status: statusSlot,
            gate: gateSlot,
            ignoredSignals: IgnoredSignals.now(),
            descriptors: descriptors,
            terminal: terminal,
            hookGate: hookGate,
            states: states,
            listener: listener,
            groupsAreFixed: groupsAreFixed,
            makesNodes: !rights.isNested,
            mapWriter: configuration.namespaces.user.map(rights.writer) ?? .direct,
            slotCount: slots.values.count
        )
        let plan = LaunchPlanCompiler.compile(configuration, inputs: inputs)
        let memory = try parts.write(plan, slots.values, files: waitsForStart ? configuration.launchFiles : nil)
        return PreparedLaunch(
            plan: plan,
            memory: memory,
            slots: slots,
            streamEnds: streamEnds,
            streams: streams,
            join: join,
            status: statusEnd.take(),
            gate: gate,
            stop: stop.take()
        )
    }

    /// Whether supplementary groups can't be set where the program will be.
    private var groupsAreFixed: Bool {
        if let user = configuration.namespaces.user { return rights.writer(of: user) == .own }
        return configuration.namespaces.joinedUser == nil && rights.groupsAreFixed
    }

    /// Nobody outside a user namespace's map can be someone in it.
    private func requireMapped(_ identity: ProcessIdentity) throws(ContainerError) {
        guard let user = configuration.namespaces.user else { return }
        for (what, number, map) in [("user", identity.user, user.users), ("group", identity.group, user.groups)] {
            if map.contains(where: { $0.inside <= number && number - $0.inside < $0.count }) { continue }
            let advice = rights.maySetUp ? "" : ": /etc/sub\(what == "user" ? "u" : "g")id grants too few, or nothing"
            throw ContainerError(
                .invalidConfiguration,
                "\(what) \(number) is not in the map of the container's user namespace\(advice)"
            )
        }
    }

    private func prepareNamespaces(
        _ mounts: HostMountPreparation,
        _ slots: inout DescriptorTable
    ) throws -> [LaunchInputs.Namespace] {
        let own = configuration.namespaces
        let choices: [(Namespaces.Choice, NamespaceKind)] = [
            (own.joinedUser.map { .join($0) } ?? .host, .user), (own.ipc, .ipc), (own.uts, .uts),
            (own.network, .network),
            (own.cgroup, .cgroup), (own.time, .time), (own.process, .process),
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
        for node in configuration.devices where node.made == nil {
            try fault.before("check device", node.hostPath)
            try DeviceCheck.shared.check(node.hostPath)
        }
        if !configuration.maskedPaths.isEmpty { try DeviceCheck.shared.checkNull() }
    }

    private func compileSeccomp() throws -> LaunchInputs.SeccompFilter? {
        try fault.before("compile seccomp profile")
        try configuration.seccomp.validate()
        return try seccomp.filter(configuration.seccomp, capabilities: configuration.process.capabilities.bounding)
    }

    /// What holds the stage back while hooks run, where some do or an agent is to know the container.
    private func openHookStop(
        _ slots: inout DescriptorTable,
        _ stop: inout HookStop?
    ) throws -> (Slot?, LaunchInputs.States?) {
        guard configuration.isHeldBack else { return (nil, nil) }
        try fault.before("open hook gate")
        var made: HookStop
        do throws(Errno) {
            made = try HookStop()
        } catch {
            throw ContainerError(.launch, "the launch can't be prepared", operation: "open hook gate", errno: error)
        }
        let gate = slots.add(unowned: made.gate.rawValue)
        let states = LaunchInputs.States(
            creating: slots.add(unowned: made.creating.rawValue),
            created: slots.add(unowned: made.created.rawValue),
            listener: slots.add(unowned: made.listener.rawValue)
        )
        stop = consume made
        return (gate, states)
    }

    /// The socket of the agent that seccomp's listener is sent to.
    private func connectListener(_ slots: inout DescriptorTable) throws -> Slot? {
        guard let path = configuration.seccomp.listenerPath else { return nil }
        try fault.before("connect seccomp agent", FilePath(path))
        do {
            return slots.add(try Descriptor.take(nestbox_connect_to(path)).aboveStandardStreams())
        } catch {
            throw ContainerError(
                .seccomp,
                "the agent of the seccomp profile can't be reached at '\(path)'",
                operation: "connect seccomp agent",
                path: FilePath(path),
                errno: error
            )
        }
    }

    private func openGate(_ number: inout CInt?) throws -> Descriptor? {
        guard waitsForStart else { return nil }
        try fault.before("open gate")
        let gate = try launchStep("open gate") { () throws(Errno) -> Descriptor in
            if let files = configuration.launchFiles { return try files.openGate() }
            return try WakeUp().intoDescriptor()
        }
        number = gate.rawValue
        return gate
    }
}

extension Cgroup {
    /// The name of the hierarchy that a file of the group is in, such as `memory`.
    func hierarchy(of path: FilePath) -> String {
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
