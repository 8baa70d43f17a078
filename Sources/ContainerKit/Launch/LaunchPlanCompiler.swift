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
    /// The program's end of its terminal.
    var terminal: Slot?
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
        compiler.compileJoinedMounts()
        compiler.compileKernelValues()
        compiler.compileIdentity()
        compiler.compileStart()
        return LaunchPlan(
            namespaces: configuration.namespaces.entersBeforeMaking ? [] : configuration.namespaces.cloned,
            userNamespace: configuration.namespaces.user,
            mapWriter: inputs.mapWriter,
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
        if configuration.isBound { operations.append(.parentDeathSignal(.kill)) }
        operations.append(.newSession)
        if let keyring = configuration.keyring { operations.append(.newKeyring(keyring)) }
        for join in inputs.joins { operations.append(.joinCgroup(join.tasks, name: join.name)) }
        if configuration.namespaces.entersBeforeMaking {
            enterNamespaces()
        } else {
            for namespace in inputs.namespaces {
                operations.append(.joinNamespace(namespace.slot, kind: namespace.kind))
            }
            // A cgroup namespace is rooted in the groups that its maker is in, so it can't come with the clone.
            if configuration.namespaces.cgroup == .new { operations.append(.unshare(.cgroup)) }
        }
    }

    /// New namespaces belong to the user namespace that their maker is in, and a process namespace is entered by being
    /// born: with an existing one of either kind the stage makes the others itself, and has a child go on.
    private mutating func enterNamespaces() {
        for namespace in inputs.namespaces where namespace.kind == .user {
            operations.append(.notDumpable)
            operations.append(.joinNamespace(namespace.slot, kind: .user))
            operations.append(.groups(primary: 0, supplementary: []))
            operations.append(.user(0))
        }
        for namespace in inputs.namespaces where namespace.kind != .user {
            operations.append(.joinNamespace(namespace.slot, kind: namespace.kind))
        }
        operations.append(.unshare(configuration.namespaces.made))
        operations.append(.becomeSibling)
        operations.append(.newSession)
        if configuration.isBound { operations.append(.parentDeathSignal(.kill)) }
    }

    /// Existing mounts are joined last: what the container gets is put together in a namespace of the stage's own.
    private mutating func compileJoinedMounts() {
        guard let namespace = inputs.joinedMounts else { return }
        let root = configuration.changesNothingOfRoot ? nil : inputs.root
        operations.append(.joinMounts(namespace, root: root))
    }

    private mutating func compileIdentity() {
        let process = configuration.process
        compileScheduling()
        for limit in process.resourceLimits { operations.append(.resourceLimit(limit)) }
        operations.append(.fileModeMask(process.fileModeMask))
        compileWorkingDirectory()
        // Without no_new_privs only a privileged process may load a filter.
        if !process.noNewPrivileges { compileSeccomp() }
        let identity = inputs.identity
        operations.append(identity.groupOperation(areFixed: inputs.groupsAreFixed))
        operations.append(.boundingSet(process.capabilities.bounding))
        operations.append(.user(identity.user))
        operations.append(.capabilities(process.capabilities))
        // The kernel forgets the signal when the user changes.
        if identity.user != 0, configuration.isBound { operations.append(.parentDeathSignal(.kill)) }
        if process.noNewPrivileges { operations.append(.noNewPrivileges) }
    }

    private mutating func compileScheduling() {
        operations += configuration.process.schedulingOperations
        if let personality = configuration.personality { operations.append(.personality(personality)) }
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
        if let listener = inputs.listener, let state = inputs.states?.listener {
            operations.append(.tellListener(listener, state: state))
        }
        operations.append(.seccomp(filter.program, flags: filter.flags))
    }

    private mutating func compileStart() {
        let process = configuration.process
        if inputs.gate != nil, configuration.findsProgramEarly {
            operations.append(.find(candidates: process.executableCandidates, program: process.arguments.first ?? ""))
        }
        if let gate = inputs.gate { operations.append(.gate(gate)) }
        if let state = inputs.states?.created {
            for hook in configuration.hooks.startContainer { operations.append(.hook(state, hook)) }
        }
        operations.append(.descriptors(inputs.descriptors))
        operations.append(.defaultSignals(ignored: inputs.ignoredSignals))
        if process.noNewPrivileges { compileSeccomp() }
        if configuration.runsInit { operations.append(.runInit) }
        if let terminal {
            // A keyboard's signals go to the terminal's session: an init in it would pass on what has arrived already.
            if configuration.runsInit { operations.append(.newSession) }
            operations.append(.controlTerminal(terminal))
        }
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

    /// The namespaces that the stage makes where it has to enter others first.
    var made: NamespaceKind {
        cgroup == .new ? cloned.union(.cgroup) : cloned
    }

    /// Whether existing namespaces have to be entered before the others can be made.
    var entersBeforeMaking: Bool {
        if joinedUser != nil { return true }
        if case .join = process { return true }
        return false
    }
}
