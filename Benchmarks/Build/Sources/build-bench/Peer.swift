// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// A builder that is a program.
struct Peer {
    let name: String
    private let prefix: String

    /// A peer with stores of its own below a directory; nil if the program is not installed.
    init?(_ name: String, in directory: FilePath) throws {
        guard access("/usr/bin/\(name)", X_OK) == 0 else { return nil }
        self.name = name
        let root = directory.appending(name)
        try Program.run("mkdir -p '\(root)'")
        prefix = "\(name) --root '\(root)/root' --runroot '\(root)/run' --storage-driver overlay"
    }

    /// Puts the base image into its store.
    func load(_ archive: FilePath) throws {
        if name == "podman" {
            try Program.run("\(prefix) import '\(archive)' localhost/base >/dev/null 2>&1")
        } else {
            try Program.run(
                """
                container=$(\(prefix) from scratch) && \(prefix) add -q $container '\(archive)' / >/dev/null &&
                \(prefix) config --env PATH=/bin $container && \(prefix) commit -q $container localhost/base >/dev/null &&
                \(prefix) rm $container >/dev/null
                """
            )
        }
    }

    /// Builds a context.
    func build(_ context: FilePath, usesCache: Bool) throws {
        let cache = usesCache ? "" : "--no-cache"
        try Program.run(
            "\(prefix) build -q --layers --jobs 2 --isolation chroot --network host \(cache) -t result '\(context)' >/dev/null 2>&1"
        )
    }

    /// Removes what builds have left, and the store.
    func remove() {
        try? Program.run("\(prefix) rmi -fa >/dev/null 2>&1")
    }
}

/// Runs programs.
enum Program {
    struct Failed: Error {
        var command: String
        var status: Int32
    }

    static func run(_ command: String) throws {
        var pid: pid_t = 0
        let words: [String] = ["/bin/sh", "-c", command]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { word in strdup(word) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        guard posix_spawn(&pid, "/bin/sh", nil, nil, &arguments, environ) == 0 else {
            throw Failed(command: command, status: errno)
        }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        guard status == 0 else { throw Failed(command: command, status: status) }
    }
}
