// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Runs a helper program with its input and output on files of its own, without a shell.
enum HelperProcess {
    /// What came of it.
    struct Result: Sendable {
        var succeeded: Bool
        var output: [UInt8]
    }

    /// Runs `program` from the search path with one argument.
    ///
    /// - Throws: ``RegistryError`` with code `credentials` if it can't be started.
    static func run(_ program: String, _ argument: String, input: [UInt8]) async throws -> Result {
        // Anonymous files instead of pipes: neither side can block on the other, however much either writes.
        let standardInput = try namelessFile()
        defer { try? standardInput.close() }
        let standardOutput = try namelessFile()
        defer { try? standardOutput.close() }
        _ = try standardInput.writeAll(toAbsoluteOffset: 0, input)
        let pid = try spawn(program, argument, standardInput, standardOutput)
        let status = try await wait(for: pid)
        var output = [UInt8](repeating: 0, count: 1 << 16)
        let count = try output.withUnsafeMutableBytes { try standardOutput.read(fromAbsoluteOffset: 0, into: $0) }
        return Result(succeeded: status == 0, output: Array(output[..<count]))
    }

    private static func namelessFile() throws -> FileDescriptor {
        var template = Array("/tmp/nestbox-credentials-XXXXXX".utf8CString)
        let number = mkstemp(&template)
        guard number >= 0 else {
            throw RegistryError(
                code: .credentials,
                message: "no file for a credential helper: \(Errno(rawValue: errno))"
            )
        }
        // Without a name, nobody else can open it, and it goes with its descriptor.
        unlink(template)
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        return FileDescriptor(rawValue: number)
    }

    private static func spawn(
        _ program: String,
        _ argument: String,
        _ input: FileDescriptor,
        _ output: FileDescriptor
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input.rawValue, 0)
        posix_spawn_file_actions_adddup2(&actions, output.rawValue, 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        let words = [program, argument]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { word in strdup(word) }
        arguments.append(nil)
        defer { for word in arguments { free(word) } }
        var pid = pid_t()
        let result = posix_spawnp(&pid, program, &actions, nil, &arguments, environ)
        guard result == 0 else {
            throw RegistryError(
                code: .credentials,
                message: "the credential helper '\(program)' can't be started: \(Errno(rawValue: result))"
            )
        }
        return pid
    }

    /// The exit status, once the program has ended; it is killed if the task is cancelled.
    private static func wait(for pid: pid_t) async throws -> Int32 {
        var status: Int32 = 0
        while true {
            let result = waitpid(pid, &status, WNOHANG)
            if result == pid { return status }
            if result < 0 && errno != EINTR { return -1 }
            do {
                try await Task.sleep(for: .milliseconds(10))
            } catch {
                kill(pid, SIGKILL)
                waitpid(pid, &status, 0)
                throw error
            }
        }
    }
}
