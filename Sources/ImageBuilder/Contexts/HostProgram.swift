// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CLinux
import Glibc
import SystemPackage

/// A program of this machine that is run to its end, with nothing of this process but what it is given.
enum HostProgram {
    /// What came of it.
    struct Result: Sendable {
        /// Its exit code, or 128 and the signal's number.
        var status: Int32
        var output: String
        var errors: String
    }

    /// The most bytes of either output that are read.
    private static let maxOutput = 16 << 20

    /// Runs a program from the search path.
    ///
    /// What it makes is for its owner to write and for everybody to read, whatever this process's mask says, so that
    /// the same files come out the same everywhere. If the task is cancelled, it is killed with all that it started.
    ///
    /// - Throws: ``ImageBuilderError`` with code `system`; `CancellationError`.
    static func run(_ words: [String], environment: [String]) async throws -> Result {
        // Files in memory instead of pipes: it can't be held up by who reads them.
        let output = try memoryFile()
        let errors = try memoryFile()
        let pid = try spawn(["/bin/sh", "-c", "umask 022; exec \"$@\"", "sh"] + words, environment, output, errors)
        let status = try await wait(for: pid)
        return Result(status: status, output: try text(output), errors: try text(errors))
    }

    private static func text(_ file: OpenFile) throws -> String {
        try SystemCall.check("lseek", file.processPath) { lseek(file.number, 0, SEEK_SET) < 0 ? -1 : 0 }
        return String(decoding: try file.content(upTo: maxOutput) ?? [], as: UTF8.self)
    }

    private static func memoryFile() throws -> OpenFile {
        let number = nestbox_memory_file("nestbox-output")
        guard number >= 0 else { throw SystemCall.failure("memfd_create", "nestbox-output", Errno(rawValue: -number)) }
        return OpenFile(owning: number)
    }

    private static func spawn(
        _ words: [String],
        _ environment: [String],
        _ output: OpenFile,
        _ errors: OpenFile
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output.number, 1)
        posix_spawn_file_actions_adddup2(&actions, errors.number, 2)
        // A server around this library may hold descriptors that are none of the program's business.
        let failure = nestbox_close_descriptors_in(&actions)
        guard failure == 0 else { throw SystemCall.failure("posix_spawn", words[0], Errno(rawValue: failure)) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        // A group of its own, so that its children can be ended with it.
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { word in strdup(word) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { variable in strdup(variable) } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var pid = pid_t()
        let result = posix_spawn(&pid, words[0], &actions, &attributes, &arguments, &variables)
        guard result == 0 else { throw SystemCall.failure("posix_spawn", words[0], Errno(rawValue: result)) }
        return pid
    }

    private static func wait(for pid: pid_t) async throws -> Int32 {
        var status: Int32 = 0
        while true {
            let result = waitpid(pid, &status, WNOHANG)
            if result == pid { return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F) }
            if result < 0 && errno != EINTR { throw SystemCall.failure("waitpid", "\(pid)") }
            do {
                try await Task.sleep(for: .milliseconds(5))
            } catch {
                kill(-pid, SIGKILL)
                while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
                throw error
            }
        }
    }
}
