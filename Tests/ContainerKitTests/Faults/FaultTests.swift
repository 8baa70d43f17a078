// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Logging
import Synchronization
import SystemPackage
import Testing

@testable import ContainerKit

/// Makes one operation fail, on demand; and keeps the list of the host's operations.
final class FaultSwitch: Sendable {
    struct State {
        var hostIndex: Int?
        var stage: (index: Int, errno: Errno)?
        var seen: [String] = []
    }

    let state = Mutex(State())

    var fault: LaunchFault {
        LaunchFault(
            hostOperation: { operation, path in
                try self.state.withLock { state in
                    state.seen.append(operation)
                    guard state.hostIndex == state.seen.count - 1 else { return }
                    throw ContainerError(
                        .launch,
                        "asked to fail",
                        operation: operation,
                        path: path,
                        errno: .ioError
                    )
                }
            },
            stageOperation: state.withLock { $0.stage }
        )
    }

    func arm(host: Int? = nil, stage: (index: Int, errno: Errno)? = nil) {
        state.withLock { $0 = State(hostIndex: host, stage: stage) }
    }
}

@Suite("Every operation of a launch may fail", .runsContainers, .needsRoot)
struct FaultTests {
    // In processes of their own: other tests' descriptors and children come and go in this one.

    @Test("the error names it, and nothing is left on the host")
    func everyOperation() async {
        await #expect(processExitsWith: .success) { try await FaultScenario(kind: .plain).run() }
    }

    @Test("nor of a further program in a running container")
    func everyOperationOfExecution() async {
        await #expect(processExitsWith: .success) { try await ExecutionFaultScenario().run() }
    }

    @Test("nor with hooks, devices, a time namespace and all that can be said of scheduling")
    func everyFurtherOperation() async {
        await #expect(processExitsWith: .success) { try await FaultScenario(kind: .further).run() }
    }

    @Test("nor in a mount namespace that is joined")
    func everyOperationInJoinedMounts() async {
        await #expect(processExitsWith: .success) { try await FaultScenario(kind: .joinedMounts).run() }
    }

    @Test("nor in a user namespace")
    func everyOperationInUserNamespace() async {
        await #expect(processExitsWith: .success) { try await FaultScenario(kind: .userNamespace).run() }
    }
}

/// Launches a full configuration once for each of its operations, which fails, and compares the host before and after.
private struct FaultScenario {
    enum Kind {
        case plain, userNamespace, further, joinedMounts
    }

    let kind: Kind
    private var hasUserNamespace: Bool { kind == .userNamespace }

    /// A launch with everything in it.
    private func fullConfiguration(_ rootFilesystem: TestRootFilesystem) throws -> ContainerConfiguration {
        var configuration = rootFilesystem.shell("sleep 1000")
        configuration.hostName = "box"
        configuration.domainName = "nest.example"
        configuration.runsInit = true
        configuration.resources.memory.limit = .mebibytes(64)
        configuration.resources.cpu = try .cpus(0.5)
        configuration.resources.pids.limit = 50
        configuration.kernelParameters = ["net.core.somaxconn": "100"]
        configuration.mounts += [
            .bind(rootFilesystem.directory, at: "/host", options: .readOnly), .temporary(at: "/tmp"),
            .bind(rootFilesystem.path.appending("etc/group"), at: "/deep/er/file"),
        ]
        configuration.maskedPaths.append("/etc/passwd")
        configuration.readOnlyPaths.append("/etc")
        configuration.process.user = .named("alice")
        configuration.process.workingDirectory = "/srv/here"
        configuration.process.oomScoreAdjustment = 100
        configuration.process.resourceLimits = [ResourceLimit(.openFiles, soft: 100)]
        configuration.process.standardInput = .stream
        configuration.process.descriptors = [.standardInput]
        if hasUserNamespace { configuration.process.terminal = Terminal.Size(rows: 24, columns: 80) }
        if kind == .further { try addFurther(&configuration) }
        if kind == .joinedMounts { configuration.namespaces.joinedMount = "/proc/self/ns/mnt" }
        return configuration
    }

    private func addFurther(_ configuration: inout ContainerConfiguration) throws {
        let hook = Hook("/bin/true", timeout: .seconds(20))
        configuration.hooks.prestart = [hook]
        configuration.hooks.createRuntime = [hook]
        configuration.hooks.createContainer = [hook]
        configuration.hooks.startContainer = [hook]
        configuration.hooks.poststart = [hook]
        configuration.hooks.poststop = [hook]
        configuration.devices.append(.make(.character, major: 1, minor: 3, at: "/dev/made"))
        configuration.devices.append(.make(.pipe, major: 0, minor: 0, at: "/dev/deep/pipe"))
        configuration.resources.devices = Resources.standardDevices
        configuration.mounts.append(.temporary(at: "/etc/copied", options: [.confined, .copiesUp]))
        configuration.namespaces.time = .new
        configuration.namespaces.monotonicOffset = .seconds(100)
        configuration.process.scheduling = Scheduling(policy: .batch, nice: 5)
        configuration.process.ioPriority = IOPriority(.bestEffort, level: 5)
        configuration.process.processors = "0"
        configuration.personality = 0
        configuration.keyring = "_ses.fault"
        configuration.findsProgramEarly = true
    }

    func run() async throws {
        let rootFilesystem = try TestRootFilesystem()
        let directory = rootFilesystem.directory
        let faults = FaultSwitch()
        var settings = ContainerRuntime.Configuration()
        settings.cgroupParent = "nestbox/fault-\(getpid())-\(kind)"
        let runtime = try ContainerRuntime(
            configuration: settings,
            logger: Logger(label: "test"),
            fault: { faults.fault }
        )
        var configuration = try fullConfiguration(rootFilesystem)
        if hasUserNamespace {
            configuration.namespaces.user = UserNamespace(mappings: [.init(inside: 0, outside: 100_000, count: 65_536)])
            configuration.rootFilesystem = .directory(rootFilesystem.path)
            // Made by the first launch otherwise, as someone who may not: the directory is not the namespace's.
            for name in ["proc", "sys", "dev", "host", "deep/er", "srv/here"] {
                try Shell.run(["mkdir", "-p", "\(rootFilesystem.path)/\(name)"])
            }
            try Shell.run(["touch", "\(rootFilesystem.path)/deep/er/file"])
        }

        // Twice without a fault: the first launch compiles the seccomp profile and looks up what is looked up once, the
        // operations of the second are those of all that follow.
        var hostOperations: [String] = []
        for _ in 1...2 {
            faults.arm()
            let container = try await runtime.create(configuration)
            hostOperations = faults.state.withLock { $0.seen }
            try await container.kill()
            try await container.delete()
        }
        // A moment for what the first launch has set free.
        try await Task.sleep(for: .milliseconds(200))
        let before = try HostState.now(parent: settings.cgroupParent, directory: directory)
        #expect(before.groups.isEmpty && before.children.isEmpty)

        for index in hostOperations.indices {
            faults.arm(host: index)
            let error = await #expect(throws: ContainerError.self) { try await runtime.create(configuration) }
            // Removing what was made may go through further operations; the one that failed is the one named.
            #expect(error?.operation == hostOperations[index], "operation \(index)")
            let after = try await HostState.settled(
                as: before,
                parent: settings.cgroupParent,
                directory: directory
            )
            #expect(after == before, "after \(hostOperations[index]): \(after), before: \(before)")
        }

        let operations = try await stageOperations(runtime, faults, configuration)
        #expect(operations.count > 60)
        for (index, operation) in operations.enumerated() {
            faults.arm(stage: (index, .ioError))
            let error = await #expect(throws: ContainerError.self) {
                let container = try await runtime.create(configuration)
                // What comes after the gate fails at the start.
                try await container.start()
            }
            // The plan that was read is another container's: its groups have another path.
            let isGroup = operation.hasPrefix("clone /sys/fs/cgroup/")
            #expect(isGroup || error?.operation == operation, "operation \(index)")
            #expect(!isGroup || error?.operation?.hasPrefix("clone /sys/fs/cgroup/") == true)
            #expect(error?.errno == .ioError)
            let after = try await HostState.settled(
                as: before,
                parent: settings.cgroupParent,
                directory: directory
            )
            #expect(after == before, "after \(operation): \(after), before: \(before)")
        }
        faults.arm()
        try await runtime.close()
    }

    /// The names of the plan's operations, learnt from the errors that their failing gives.
    private func stageOperations(
        _ runtime: ContainerRuntime,
        _ faults: FaultSwitch,
        _ configuration: ContainerConfiguration
    ) async throws -> [String] {
        let group = try CgroupTree(layout: .current(), parentPath: CgroupPath("nestbox/plan-\(getpid())"))
        defer { try? group.close() }
        let cgroup = try group.makeGroup(at: .runtime("plan"), resources: configuration.resources)
        defer { try? cgroup.remove() }
        let prepared = try LaunchPreparation(
            configuration: configuration,
            group: cgroup,
            seccomp: SeccompFilterCache(),
            waitsForStart: true,
            maps: [:],
            joined: try configuration.namespaces.joinedMount.map { try JoinedMounts($0, fault: .none) },
            fault: .none
        ).prepare()
        return prepared.plan.operations.map { "\($0)" }
    }
}
