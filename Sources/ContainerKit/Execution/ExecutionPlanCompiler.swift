// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import SystemPackage

/// Turns a program that is to run in a running container into the list of operations for the stage.
///
/// Pure. The container's own processes may be hostile and watch for the newcomer, so the order is this: what the host's
/// side gives (groups, limits, the OOM score) comes first; from before the namespaces are joined nobody can look into the
/// stage; every privilege is dropped *outside* the container's process namespace, and only then a process is born in it.
/// What its first process could ever see or stop has no more rights than the program itself.
struct ExecutionPlanCompiler {
    let process: ProcessConfiguration
    let inputs: ExecutionInputs
    private var operations: [StageOperation] = []
    private var slotCount: Int
    private var terminal: Slot?

    private init(_ process: ProcessConfiguration, inputs: ExecutionInputs) {
        self.process = process
        self.inputs = inputs
        self.slotCount = inputs.slotCount
    }

    /// Compiles the plan.
    static func compile(_ process: ProcessConfiguration, inputs: ExecutionInputs) -> LaunchPlan {
        var compiler = ExecutionPlanCompiler(process, inputs: inputs)
        compiler.compileOutside()
        compiler.compileEntrance()
        compiler.compileIdentity()
        compiler.compileBirth()
        return LaunchPlan(
            namespaces: [],
            userNamespace: nil,
            slotCount: compiler.slotCount,
            statusSlot: inputs.status,
            operations: compiler.operations
        )
    }

    private mutating func makeSlot() -> Slot {
        defer { slotCount += 1 }
        return Slot(slotCount)
    }

    /// What needs the host's rights or its view.
    private mutating func compileOutside() {
        if inputs.isBound { operations.append(.parentDeathSignal(.kill)) }
        for join in inputs.joins {
            operations.append(.joinCgroup(join.tasks, name: join.name))
            // Nothing of the host's may be open when the container can see this process.
            operations.append(.close(join.tasks))
        }
        if let score = process.oomScoreAdjustment {
            let processes = inputs.processes ?? makeSlot()
            if inputs.processes == nil {
                let attributes = MountOptions.confined.attributes
                operations.append(.newFilesystem(type: "proc", options: [], attributes: attributes, into: processes))
            }
            operations.append(.oomScore(processes, score))
            operations.append(.close(processes))
        }
        operations += process.schedulingOperations
        for limit in process.resourceLimits { operations.append(.resourceLimit(limit)) }
    }

    private mutating func compileEntrance() {
        operations.append(.notDumpable)
        operations.append(.joinNamespace(inputs.container, kind: inputs.namespaces))
        operations.append(.close(inputs.container))
        if let root = inputs.root {
            operations.append(.enterRoot(root))
            operations.append(.close(root))
        }
        operations.append(.fileModeMask(process.fileModeMask))
        if let socket = inputs.terminal {
            let terminal = makeSlot()
            self.terminal = terminal
            operations.append(
                .openTerminal(
                    socket: socket,
                    devices: nil,
                    size: process.terminal,
                    owner: inputs.identity.user,
                    into: terminal
                )
            )
            operations.append(.close(socket))
        }
        let directory = process.workingDirectory.lexicallyNormalized()
        operations.append(.workingDirectory(directory))
    }

    private mutating func compileIdentity() {
        // Without no_new_privs only a privileged process may load a filter.
        if !process.noNewPrivileges { compileSeccomp() }
        let identity = inputs.identity
        operations.append(identity.groupOperation(areFixed: inputs.groupsAreFixed))
        operations.append(.boundingSet(process.capabilities.bounding))
        operations.append(.user(identity.user))
        operations.append(.capabilities(process.capabilities))
        if process.noNewPrivileges { operations.append(.noNewPrivileges) }
    }

    private mutating func compileBirth() {
        operations.append(.becomeSibling)
        operations.append(.newSession)
        if inputs.isBound { operations.append(.parentDeathSignal(.kill)) }
        if let terminal { operations.append(.controlTerminal(terminal)) }
        operations.append(.descriptors(inputs.descriptors))
        operations.append(.defaultSignals(ignored: inputs.ignoredSignals))
        if process.noNewPrivileges { compileSeccomp() }
        operations.append(
            .execute(
                candidates: process.executableCandidates,
                arguments: process.arguments,
                environment: process.environment(for: inputs.identity)
            )
        )
    }

    private mutating func compileSeccomp() {
        guard let filter = inputs.seccomp else { return }
        operations.append(.seccomp(filter.program, flags: filter.flags))
    }
}
