// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import SystemPackage

/// Turns a validated configuration and the host's preparations into the list of operations for the stage.
///
/// Pure. The order of the operations is the security of the whole: groups before anything is used up, namespaces before
/// mounts, kernel filesystems before the old root goes (a user namespace may mount them only while it sees the
/// host's), values written before their files become read-only, privileges dropped and the filter loaded last.
struct LaunchPlanCompiler {
    let configuration: ContainerConfiguration
    let inputs: LaunchInputs
    var operations: [StageOperation] = []
    private(set) var slotCount: Int

    init(_ configuration: ContainerConfiguration, inputs: LaunchInputs) {
        self.configuration = configuration
        self.inputs = inputs
        self.slotCount = inputs.slotCount
    }

    /// Compiles the plan.
    static func compile(_ configuration: ContainerConfiguration, inputs: LaunchInputs) -> LaunchPlan {
        var compiler = LaunchPlanCompiler(configuration, inputs: inputs)
        compiler.compileBeginning()
        compiler.compileMounts()
        compiler.compileKernelValues()
        compiler.compileIdentity()
        compiler.compileStart()
        return LaunchPlan(
            namespaces: configuration.namespaces.cloned,
            userNamespace: configuration.namespaces.user,
            slotCount: compiler.slotCount,
            statusSlot: inputs.status,
            operations: compiler.operations
        )
    }

    /// A slot that no one uses yet.
    mutating func makeSlot() -> Slot {
        defer { slotCount += 1 }
        return Slot(slotCount)
    }

    private mutating func compileBeginning() {
        operations.append(.parentDeathSignal(.kill))
        operations.append(.newSession)
        for join in inputs.joins { operations.append(.joinCgroup(join.tasks, name: join.name)) }
        for namespace in inputs.namespaces {
            operations.append(.joinNamespace(namespace.slot, kind: namespace.kind))
        }
        // A cgroup namespace is rooted in the groups that its maker is in, so it can't come with the clone.
        if configuration.namespaces.cgroup == .new { operations.append(.unshare(.cgroup)) }
    }

    private mutating func compileIdentity() {
        let process = configuration.process
        for limit in process.resourceLimits { operations.append(.resourceLimit(limit)) }
        operations.append(.fileModeMask(process.fileModeMask))
        compileWorkingDirectory()
        // Without no_new_privs only a privileged process may load a filter.
        if !process.noNewPrivileges { compileSeccomp() }
        let identity = inputs.identity
        operations.append(.groups(primary: identity.group, supplementary: identity.supplementaryGroups))
        operations.append(.boundingSet(process.capabilities.bounding))
        operations.append(.user(identity.user))
        operations.append(.capabilities(process.capabilities))
        // The kernel forgets the signal when the user changes.
        if identity.user != 0 { operations.append(.parentDeathSignal(.kill)) }
        if process.noNewPrivileges { operations.append(.noNewPrivileges) }
    }

    private mutating func compileWorkingDirectory() {
        let directory = configuration.process.workingDirectory.lexicallyNormalized()
        // The change of root has ended there already.
        if directory == "/" { return }
        operations.append(
            .openTarget(root: inputs.root, path: directory, kind: .directory, followsLink: true, into: makeSlot())
        )
        operations.append(.workingDirectory(directory))
    }

    private mutating func compileSeccomp() {
        guard let filter = inputs.seccomp else { return }
        operations.append(.seccomp(filter.program, flags: filter.flags))
    }

    private mutating func compileStart() {
        let process = configuration.process
        if let gate = inputs.gate { operations.append(.gate(gate)) }
        operations.append(.descriptors(inputs.descriptors))
        operations.append(.defaultSignals(ignored: inputs.ignoredSignals))
        if process.noNewPrivileges { compileSeccomp() }
        if configuration.runsInit { operations.append(.runInit) }
        operations.append(
            .execute(
                candidates: process.executableCandidates,
                arguments: process.arguments,
                environment: process.environment(for: inputs.identity)
            )
        )
    }
}

extension Namespaces {
    /// The namespaces that the clone makes.
    var cloned: NamespaceKind {
        var kinds: NamespaceKind = .mount
        if process == .new { kinds.insert(.process) }
        if uts == .new { kinds.insert(.uts) }
        if ipc == .new { kinds.insert(.ipc) }
        if network == .new { kinds.insert(.network) }
        if user != nil { kinds.insert(.user) }
        return kinds
    }
}
