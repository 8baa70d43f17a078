// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
internal import SystemPackage

/// Runs a hook on the host.
struct HostHook {
    let hook: Hook
    let reactor: Reactor

    /// Runs the hook to its end.
    ///
    /// - Parameter state: The container's state, for its input.
    /// - Throws: ``ContainerError`` of code `hook` unless it succeeds in time.
    func run(state: String) async throws {
        let process = try start(input: state)
        do {
            let status = try await wait(process)
            if status?.isSuccess == true { return }
            throw failure(status.map { "failed: it \($0)" } ?? "took too long and was killed")
        } catch {
            // Its own children too: a shell that is killed would leave its pipeline to run on.
            _ = process.withNumber { kill(-$0, SIGKILL) }
            _ = await process.waitRegardless()
            throw error
        }
    }

    private func wait(_ process: ProcessExit) async throws -> TerminationStatus? {
        guard let timeout = hook.timeout else { return try await process.wait() }
        return try await withThrowingTaskGroup(of: TerminationStatus?.self) { tasks in
            tasks.addTask { try await process.wait() }
            tasks.addTask {
                try await Task.sleep(for: timeout)
                return nil
            }
            defer { tasks.cancelAll() }
            return try await tasks.next() ?? nil
        }
    }

    private func failure(_ reason: String, _ errno: Errno? = nil) -> ContainerError {
        ContainerError(
            .hook,
            "hook '\(hook.path)' \(reason)",
            operation: "run hook \(hook.path)",
            path: hook.path,
            errno: errno
        )
    }

    private func start(input: String) throws -> ProcessExit {
        do throws(Errno) {
            let file = try Descriptor.take(nestbox_memory_file("nestbox-state")).aboveStandardStreams()
            let text = Array(input.utf8)
            let written = text.withUnsafeBytes { Glibc.write(file.rawValue, $0.baseAddress, $0.count) }
            guard written == text.count, lseek(file.rawValue, 0, SEEK_SET) == 0 else { throw .ioError }
            let pid = try spawn(input: file.rawValue)
            let pidfd = nestbox_open_process(pid)
            guard pidfd >= 0 else { throw Errno(rawValue: -pidfd) }
            let process = ProcessExit(LaunchedProcess(pid: pid, pidfd: pidfd)) { _ in }
            do {
                try process.watch(by: reactor)
            } catch {
                throw error.errno ?? .ioError
            }
            return process
        } catch {
            throw failure("can't be run", error)
        }
    }

    private func spawn(input: CInt) throws(Errno) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        nestbox_close_descriptors_in(&actions)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        posix_spawnattr_setflags(&attributes, Int16(flags))

        let arguments = hook.arguments.isEmpty ? [hook.path.string] : hook.arguments
        var argumentPointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var environmentPointers: [UnsafeMutablePointer<CChar>?] = hook.environment.map { strdup($0) } + [nil]
        defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }
        var pid = pid_t()
        let result = posix_spawn(
            &pid,
            hook.path.string,
            &actions,
            &attributes,
            &argumentPointers,
            &environmentPointers
        )
        guard result == 0 else { throw Errno(rawValue: result) }
        return pid
    }
}
