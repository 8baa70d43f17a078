// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import SystemPackage

/// What the launch of a container's program and that of a further one prepare alike.
struct LaunchParts {
    let process: ProcessConfiguration
    let fault: LaunchFault

    /// The pipe that tells of progress: the stage's end goes into the slots, the host's to `host`.
    func openStatus(_ slots: inout DescriptorTable, _ host: inout Descriptor?) throws -> Slot {
        try fault.before("open status pipe")
        let status = try launchStep("open status pipe") { () throws(Errno) in try Pipe() }
        return slots.add(status.takeWrite(leavingReadTo: &host))
    }

    /// The socket for a terminal; `nil` for a program without one.
    func openTerminalSocket(_ slots: inout DescriptorTable, _ streams: inout PreparedStreams) throws -> Slot? {
        guard process.terminal != nil else { return nil }
        try fault.before("open terminal socket")
        let socket = try launchStep("open terminal socket") { () throws(Errno) in try TerminalSocket() }
        var stage: Descriptor?
        streams.terminal = socket.takeHost(leavingStageTo: &stage)
        guard let end = stage.take() else { return nil }
        return slots.add(end)
    }

    /// The descriptors that the program gets.
    func duplicateDescriptors(_ slots: inout DescriptorTable) throws -> [Slot] {
        var descriptors: [Slot] = []
        for descriptor in process.descriptors {
            try fault.before("duplicate descriptor")
            let duplicate = try launchStep("duplicate descriptor \(descriptor.rawValue)") { () throws(Errno) in
                try Descriptor.duplicate(descriptor)
            }
            descriptors.append(slots.add(duplicate))
        }
        return descriptors
    }

    /// The plan in the form that the stage reads.
    func write(
        _ plan: LaunchPlan,
        _ descriptors: [CInt],
        files: LaunchFiles? = nil
    ) throws -> PlanMemory {
        var encoder = LaunchPlanEncoder(plan)
        let bytes = try encoder.encode(descriptors: descriptors, fault: fault.stageOperation)
        try fault.before("write launch plan")
        let memory = try launchStep("write launch plan") { () throws(Errno) -> Descriptor in
            if let files { return try files.write(bytes, of: plan.description) }
            return try Descriptor.take(nestbox_shared_memory("nestbox-plan", bytes, bytes.count)).aboveStandardStreams()
        }
        return PlanMemory(descriptor: memory, size: bytes.count)
    }

    /// Who the process is, by the container's own files: a number needs them only for the home directory.
    ///
    /// - Parameter read: Gives the text of one of the container's files.
    /// - Returns: The user and groups in numbers.
    /// - Throws: ``ContainerError`` for a name that is not there or files that can't be read.
    func resolveIdentity(_ read: (FilePath) throws(Errno) -> String) throws -> ProcessIdentity {
        let user = process.user
        let hasHome = process.environment.contains { $0.hasPrefix("HOME=") }
        if case .numbers(let number, let group) = user.form, hasHome {
            return ProcessIdentity(user: number, group: group, supplementaryGroups: user.supplementaryGroups)
        }
        try fault.before("read accounts", "/etc/passwd")
        do {
            let passwd = try read("/etc/passwd")
            var group = ""
            if case .name = user.form { group = try read("/etc/group") }
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
}

/// Runs a step of the launch itself, whose failure is the host application's lack of descriptors or memory.
func launchStep<Value: ~Copyable>(
    _ operation: String,
    _ body: () throws(Errno) -> Value
) throws(ContainerError) -> Value {
    do {
        return try body()
    } catch {
        throw ContainerError(.launch, "the launch can't be prepared", operation: operation, errno: error)
    }
}
