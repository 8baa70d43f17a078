// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// A program of the system that does what no system call does.
struct SystemProgram {
    private let name: String

    init(_ name: String) {
        self.name = name
    }

    /// Runs the program to its end, with no input and an environment of its own.
    ///
    /// - Throws: ``VolumeError`` with `unsupported` if it is not installed, `inputOutput` with what it said if it fails.
    func run(_ arguments: [String]) throws(VolumeError) {
        guard let path = find() else {
            throw VolumeError(.unsupported, "the program '\(name)' is needed for this and is not installed")
        }
        var ends: [CInt] = [0, 0]
        guard pipe(&ends) == 0 else { throw .system("pipe") }
        let (reading, writing) = (ends[0], ends[1])
        _ = fcntl(reading, F_SETFD, FD_CLOEXEC)
        _ = fcntl(writing, F_SETFD, FD_CLOEXEC)
        defer { close(reading) }
        let pid: pid_t
        do {
            pid = try spawn(path, arguments, output: writing)
        } catch {
            close(writing)
            throw error
        }
        close(writing)
        let output = readAll(reading)
        var status: CInt = 0
        while waitpid(pid, &status, 0) < 0 {
            // ECHILD: the host application lets the kernel collect its children, so nobody knows how it ended.
            if Errno.last != .interrupted { return }
        }
        guard status == 0 else {
            throw VolumeError(
                .inputOutput,
                "the program '\(name)' failed",
                cause: .init(operation: name, path: FilePath(path), detail: output)
            )
        }
    }

    private func find() -> String? {
        ["/usr/sbin/", "/sbin/", "/usr/bin/", "/bin/"].map { $0 + name }.first { access($0, X_OK) == 0 }
    }

    private func spawn(_ path: String, _ arguments: [String], output: CInt) throws(VolumeError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        var words = Self.strings([path] + arguments)
        var environment = Self.strings(["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"])
        defer { for word in words + environment { free(word) } }
        var pid: pid_t = 0
        let result = posix_spawn(&pid, path, &actions, nil, &words, &environment)
        guard result == 0 else { throw .system("posix_spawn", FilePath(path), errno: Errno(rawValue: result)) }
        return pid
    }

    /// Copies for C, closed by nil; the caller frees them.
    private static func strings(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        texts.map { strdup($0) } + [nil]
    }

    private func readAll(_ descriptor: CInt) -> String {
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, Errno.last == .interrupted { continue }
            guard count > 0 else { return String(decoding: text.prefix(1000), as: UTF8.self) }
            text += buffer[..<count]
        }
    }
}
