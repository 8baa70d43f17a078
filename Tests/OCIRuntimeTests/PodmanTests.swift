// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import OCIRuntime

/// Podman with its own storage, on the runtime under test.
private final class Podman: Sendable {
    let bundle: Bundle

    init() throws {
        bundle = try Bundle()
    }

    func callAsFunction(_ arguments: [String]) throws -> Tool.Result {
        let folder = bundle.directory.string
        return try Tool.run(
            [
                "podman", "--root", folder + "/storage", "--runroot", folder + "/run", "--storage-driver", "vfs",
                "--cgroup-manager", "cgroupfs", "--events-backend", "none", "--runtime", Tool.runtime, "--tmpdir",
                folder + "/podman",
            ] + arguments
        )
    }

    /// The arguments of `run` that this machine and these tests need.
    var common: [String] {
        [
            "--network", "none", "--cgroup-parent", "/nestbox/podman", "--ulimit", "nofile=1024:1024", "--ulimit",
            "nproc=4096:4096", "--security-opt", "label=disable",
        ]
    }

    func run(_ options: [String], _ command: [String]) throws -> Tool.Result {
        try self(["run"] + common + options + ["--rootfs", bundle.path + "/rootfs"] + command)
    }
}

@Suite(
    "Debian's Podman on this runtime",
    .runsContainers,
    .enabled(if: Machine.has("podman"), "needs the package podman"),
    .serialized
)
struct PodmanTests {
    @Test("runs a container to its end")
    func run() throws {
        let podman = try Podman()
        let result = try podman.run(["--rm"], ["echo", "hello"])
        #expect(result.status == 0 && result.output == "hello\n", "\(result)")
        #expect(try podman.run(["--rm"], ["sh", "-c", "exit 9"]).status == 9)
        #expect(try podman.run(["--rm"], ["no-such-program"]).status == 127)
    }
}
