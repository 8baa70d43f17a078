// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
internal import Synchronization
internal import SystemPackage

/// The one thread of a runtime that clones.
///
/// A container dies with the *thread* that cloned it (`PR_SET_PDEATHSIG`), so that thread has to live as long as the
/// runtime. The child runs on a stack that only this thread ever hands out.
final class Launcher: Sendable {
    private typealias Job = @Sendable (_ stack: UnsafeMutableRawBufferPointer) -> Void

    private struct State {
        var jobs: [Job] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let wakeUp: WakeUp
    private let stage: Descriptor

    /// - Throws: ``ContainerError`` if the stage's memory file or the thread can't be made.
    init() throws(ContainerError) {
        do {
            wakeUp = try WakeUp()
            let size = nestbox_stage_size()
            stage = try Descriptor.take(nestbox_sealed_program("nestbox-stage", nestbox_stage_image(), size))
                .aboveStandardStreams()
        } catch {
            throw ContainerError(.launch, "the stage can't be set up", operation: "seal stage", errno: error)
        }
    }

    /// Starts the thread, which keeps the launcher until ``close()``.
    func start() throws(ContainerError) {
        try NativeThread.start("nestbox-launch") { self.run() }
    }

    /// Ends the thread, and with it every container that it has cloned and that is bound to it.
    func close() {
        state.withLock { $0.isClosed = true }
        wakeUp.raise()
    }

    /// Clones a stage for what was prepared; returns when it has been executed.
    ///
    /// - Throws: ``ContainerError`` as the clone of a plan does.
    func launch(_ prepared: borrowing PreparedLaunch) async throws -> LaunchedProcess {
        try await launch(
            prepared.plan,
            memory: prepared.memory.descriptor.rawValue,
            size: prepared.memory.size,
            descriptors: prepared.slots.values,
            streams: prepared.streams.numbers,
            cgroup: prepared.join.directory?.rawValue
        )
    }

    /// Clones a stage for this plan; returns when it has been executed.
    ///
    /// - Parameters:
    ///   - plan: What the stage does.
    ///   - memory: The encoded plan.
    ///   - size: Its size in bytes.
    ///   - descriptors: What stays open for the stage.
    ///   - streams: What become 0, 1 and 2.
    ///   - cgroup: A v2 group's directory to be born into.
    /// - Returns: The process.
    /// - Throws: ``ContainerError`` if the clone, a map or the execution failed; no process is left then.
    func launch(
        _ plan: LaunchPlan,
        memory: CInt,
        size: Int,
        descriptors: [CInt],
        streams: (CInt, CInt, CInt),
        cgroup: CInt?
    ) async throws -> LaunchedProcess {
        try await withCheckedThrowingContinuation { continuation in
            let isOpen = state.withLock { state in
                if state.isClosed { return false }
                state.jobs.append { [self] stack in
                    var request = nestbox_clone_request()
                    request.namespaces = plan.namespaces.rawValue
                    request.cgroup = cgroup ?? -1
                    request.stage = stage.rawValue
                    request.plan = memory
                    request.plan_size = size
                    request.streams = (streams.0, streams.1, streams.2)
                    continuation.resume(
                        with: Result {
                            try Self.clone(&request, descriptors.filter { $0 >= 0 }, plan, onto: stack)
                        }
                    )
                }
                return true
            }
            if isOpen {
                wakeUp.raise()
            } else {
                continuation.resume(throwing: ContainerError(.runtimeClosed, "the runtime has been closed"))
            }
        }
    }

    /// Makes a user namespace that no process is in.
    ///
    /// - Throws: ``ContainerError`` if the kernel refuses the maps.
    func userNamespace(_ map: UserNamespace) async throws -> UserNamespaceHandle {
        try await withCheckedThrowingContinuation { continuation in
            let isOpen = state.withLock { state in
                if state.isClosed { return false }
                state.jobs.append { stack in
                    let result = map.users.mapText.withCString { users in
                        map.groups.mapText.withCString { groups in
                            nestbox_user_namespace(users, groups, stack.baseAddress, stack.count)
                        }
                    }
                    continuation.resume(
                        with: Result {
                            do throws(Errno) {
                                return UserNamespaceHandle(try Descriptor.take(result).aboveStandardStreams(), of: map)
                            } catch {
                                throw ContainerError(
                                    .namespace,
                                    "the user namespace for mapped mounts can't be made",
                                    operation: "map identities",
                                    errno: error
                                )
                            }
                        }
                    )
                }
                return true
            }
            if isOpen {
                wakeUp.raise()
            } else {
                continuation.resume(throwing: ContainerError(.runtimeClosed, "the runtime has been closed"))
            }
        }
    }

    private static func clone(
        _ request: inout nestbox_clone_request,
        _ descriptors: [CInt],
        _ plan: LaunchPlan,
        onto stack: UnsafeMutableRawBufferPointer
    ) throws(ContainerError) -> LaunchedProcess {
        let result = descriptors.withUnsafeBufferPointer { descriptors in
            request.descriptors = descriptors.baseAddress
            request.descriptor_count = descriptors.count
            guard plan.namespaces.contains(.user), let user = plan.userNamespace else {
                return nestbox_clone_stage(&request, stack.baseAddress, stack.count)
            }
            return user.users.mapText.withCString { users in
                user.groups.mapText.withCString { groups in
                    request.user_map = users
                    request.group_map = groups
                    return plan.mapWriter.apply(to: &request) { request in
                        nestbox_clone_stage(&request, stack.baseAddress, stack.count)
                    }
                }
            }
        }
        guard result == 0 else { throw ContainerError(failed: request, plan) }
        return LaunchedProcess(pid: request.pid, pidfd: request.pidfd)
    }

    private func run() {
        let stack = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { stack.deallocate() }
        while true {
            let (jobs, isClosed) = state.withLock { state in
                defer { state.jobs = [] }
                return (state.jobs, state.isClosed)
            }
            for job in jobs { job(stack) }
            if !jobs.isEmpty { continue }
            if isClosed { return }
            wakeUp.sleep()
        }
    }
}

extension [UserNamespace.Mapping] {
    /// The lines for `uid_map` and `gid_map` (`user_namespaces(7)`).
    fileprivate var mapText: String {
        map { "\($0.inside) \($0.outside) \($0.count)\n" }.joined()
    }
}

extension IdentityMapWriter {
    /// Sets who writes the maps, for the duration of a closure.
    fileprivate func apply(
        to request: inout nestbox_clone_request,
        _ body: (inout nestbox_clone_request) -> CInt
    ) -> CInt {
        switch self {
        case .direct: return body(&request)
        case .own:
            request.denies_groups = 1
            return body(&request)
        case .programs(let programs):
            return programs.users.string.withCString { users in
                programs.groups.string.withCString { groups in
                    request.user_mapper = users
                    request.group_mapper = groups
                    return body(&request)
                }
            }
        }
    }

    fileprivate func refusal(of what: String, grantedBy file: String) -> String {
        if case .programs = self { return "the \(what) map was refused: see what \(file) grants to this user" }
        return "the \(what) map was refused"
    }
}

extension ContainerError {
    /// What failed before the stage could run.
    fileprivate init(failed request: nestbox_clone_request, _ plan: LaunchPlan) {
        let (code, operation, message): (Code, String, String) =
            switch request.failed_step {
            case NESTBOX_CLONE_USER_MAP:
                (.namespace, "write uid_map", plan.mapWriter.refusal(of: "user", grantedBy: "/etc/subuid"))
            case NESTBOX_CLONE_GROUP_MAP:
                (.namespace, "write gid_map", plan.mapWriter.refusal(of: "group", grantedBy: "/etc/subgid"))
            case NESTBOX_CLONE_CLONE where plan.mapWriter != .direct && Self.forbidsUsers(request.failed_errno):
                (
                    .namespace, "clone",
                    "this machine lets users make no user namespaces (user.max_user_namespaces,"
                        + " kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns)"
                )
            case NESTBOX_CLONE_BECOME_ROOT:
                (.namespace, "become root of the user namespace", "user 0 of the user namespace can't be taken")
            case NESTBOX_CLONE_DESCRIPTORS:
                (.launch, "arrange descriptors", "the descriptors for the stage can't be arranged")
            case NESTBOX_CLONE_EXECUTE_STAGE:
                (.launch, "execute stage", "the stage can't be executed")
            default:
                (.launch, "clone", "no process could be cloned")
            }
        self.init(code, message, operation: operation, errno: Errno(rawValue: request.failed_errno))
    }

    private static func forbidsUsers(_ errno: CInt) -> Bool {
        [EPERM, ENOSPC, EUSERS, EACCES].contains(errno)
    }
}
