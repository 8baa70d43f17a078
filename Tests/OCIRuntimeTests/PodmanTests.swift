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

    deinit {
        // Podman leaves the groups of its own monitor.
        let remove = "sleep 0.2; find /sys/fs/cgroup/*/nestbox/podman -depth -type d -exec rmdir {} + 2> /dev/null"
        _ = try? Tool.run(["sh", "-c", remove])
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
        #expect(try podman.run(["--rm"], ["sh", "-c", "umask"]).output == "0022\n")
    }

    @Test("says 0 for no limit of processes, whatever the specification has it mean", arguments: ["-1", "0"])
    func unlimitedProcesses(limit: String) throws {
        let result = try Podman().run(["--rm", "--pids-limit", limit], ["sh", "-c", "sh -c 'echo two'; echo one"])
        #expect(result.status == 0 && result.output == "two\none\n", "\(result)")
    }

    @Test("enters, pauses, measures, stops and removes one")
    func life() throws {
        let podman = try Podman()
        let started = try podman.run(
            ["-d", "--name", "nestbox-life", "-m", "64m", "--cpus", "0.5"],
            ["sh", "-c", "echo logged; sleep 1000"]
        )
        #expect(started.status == 0, "\(started)")
        #expect(try podman(["logs", "nestbox-life"]).output == "logged\n")
        let inside = try podman(["exec", "nestbox-life", "sh", "-c", "echo entered; exit 4"])
        #expect(inside.output == "entered\n" && inside.status == 4, "\(inside)")
        #expect(try podman(["pause", "nestbox-life"]).status == 0)
        #expect(try podman(["unpause", "nestbox-life"]).status == 0)
        let measured = try podman(["stats", "--no-stream", "--format", "{{.PIDs}} {{.MemUsage}}", "nestbox-life"])
        #expect(measured.output.hasPrefix("1 ") && measured.output.contains("67.11MB"), "\(measured)")
        #expect(try podman(["stop", "-t", "1", "nestbox-life"]).status == 0)
        #expect(try podman(["rm", "nestbox-life"]).status == 0)
        #expect(try podman(["ps", "-aq"]).output == "")
    }

    @Test("kills one with a signal")
    func kill() throws {
        let podman = try Podman()
        #expect(try podman.run(["-d", "--name", "nestbox-kill"], ["sleep", "1000"]).status == 0)
        #expect(try podman(["kill", "nestbox-kill"]).status == 0)
        #expect(try podman(["wait", "nestbox-kill"]).output == "137\n")
        #expect(try podman(["rm", "nestbox-kill"]).status == 0)
    }

    @Test("gives one a terminal")
    func terminal() throws {
        let podman = try Podman()
        let result = try podman.run(["--rm", "-t"], ["tty"])
        #expect(result.output.hasPrefix("/dev/pts/0"), "\(result)")
    }
}
