// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import OCIRuntime

/// A Docker daemon of the test's own, with its own containerd and without a network, whose default runtime is the one
/// under test.
///
/// It has a mount namespace with a `/run` of its own, so that nothing of it appears on the host or meets another daemon.
private final class Docker: Sendable {
    let bundle: Bundle
    private let daemon: Tool.Running
    private var socket: String { "unix://" + bundle.directory.appending("docker.sock").string }

    init() throws {
        bundle = try Bundle()
        let folder = bundle.directory.string
        let command = """
            mount -t tmpfs tmpfs /run && exec dockerd --host unix://\(folder)/docker.sock --data-root \(folder)/data \
            --exec-root /run/docker --pidfile \(folder)/docker.pid --storage-driver vfs --bridge none --iptables=false \
            --ip6tables=false --ip-forward=false --ip-masq=false --userland-proxy=false --oom-score-adjust 0 \
            --cgroup-parent /nestbox/docker --exec-opt native.cgroupdriver=cgroupfs \
            --add-runtime nestbox=\(Tool.runtime) --default-runtime nestbox
            """
        daemon = try Tool.start(["unshare", "--mount", "--propagation", "private", "sh", "-c", command])
    }

    deinit {
        kill(daemon.pid, SIGTERM)
        _ = try? daemon.finish()
        let remove = "find /sys/fs/cgroup/*/nestbox/docker -depth -type d -exec rmdir {} + 2> /dev/null"
        _ = try? Tool.run(["sh", "-c", remove])
    }

    /// Waits until the daemon answers, and gives it an image of busybox.
    func prepare() throws {
        for _ in 0..<600 {
            if try self(["version"]).status == 0 { break }
            usleep(50_000)
        }
        let archive = bundle.directory.appending("image.tar").string
        _ = try Tool.run(["tar", "-C", bundle.path + "/rootfs", "-cf", archive, "."])
        let imported = try self(["import", "--change", "ENV PATH=/bin", archive, "nestbox:test"])
        guard imported.status == 0 else { throw OCIError("docker import: \(imported)\n\(daemon.error)") }
    }

    func callAsFunction(_ arguments: [String]) throws -> Tool.Result {
        try Tool.run(["env", "DOCKER_CONFIG=" + bundle.directory.string, "docker", "-H", socket] + arguments)
    }

    func run(_ options: [String], _ command: [String]) throws -> Tool.Result {
        try self(["run", "--network", "none"] + options + ["nestbox:test"] + command)
    }
}

@Suite(
    "Debian's Docker on this runtime",
    .runsContainers,
    .enabled(if: Machine.has("dockerd") && Machine.has("docker"), "needs the package docker.io"),
    .serialized
)
struct DockerTests {
    @Test("runs, enters, shows, pauses, measures, limits, stops, kills and removes containers, one with a terminal")
    func everything() throws {
        let docker = try Docker()
        try docker.prepare()
        let info = try docker(["info", "--format", "{{.DefaultRuntime}}"])
        #expect(info.output == "nestbox\n")
        try runs(docker)
        try lives(docker)
        try dies(docker)
        try hasTerminal(docker)
    }

    private func runs(_ docker: Docker) throws {
        let hello = try docker.run(["--rm"], ["echo", "hello"])
        #expect(hello.status == 0 && hello.output == "hello\n", "\(hello)")
        #expect(try docker.run(["--rm"], ["sh", "-c", "exit 9"]).status == 9)
        let missing = try docker.run(["--rm"], ["no-such-program"])
        #expect(missing.status == 127, "\(missing)")
        let user = try docker.run(["--rm", "-u", "1000:1000", "-w", "/tmp"], ["sh", "-c", "id -u; pwd"])
        #expect(user.output == "1000\n/tmp\n", "\(user)")
    }

    private func lives(_ docker: Docker) throws {
        let started = try docker.run(
            ["-d", "--name", "life", "-m", "64m", "--cpus", "0.5", "--pids-limit", "50"],
            ["sh", "-c", "echo logged; cat /sys/fs/cgroup/memory/memory.limit_in_bytes; sleep 1000"]
        )
        #expect(started.status == 0, "\(started)")
        for _ in 0..<100 where try docker(["logs", "life"]).output.split(separator: "\n").count < 2 { usleep(50_000) }
        #expect(try docker(["logs", "life"]).output == "logged\n67108864\n")
        let inside = try docker(["exec", "-e", "WHO=me", "life", "sh", "-c", "echo $WHO; umask; exit 4"])
        #expect(inside.output == "me\n0022\n" && inside.status == 4, "\(inside)")
        // Docker names no mask: the container has that of Docker's shim.
        #expect(try docker.run(["--rm"], ["sh", "-c", "umask"]).output == "0022\n")
        #expect(try docker(["pause", "life"]).status == 0)
        #expect(try docker(["inspect", "--format", "{{.State.Status}}", "life"]).output == "paused\n")
        #expect(try docker(["unpause", "life"]).status == 0)
        let format = "{{.PIDs}} {{.MemUsage}}"
        let measured = try docker(["stats", "--no-stream", "--format", format, "life"])
        #expect(measured.output.hasPrefix("1 ") && measured.output.contains("/ 64MiB"), "\(measured)")
        #expect(try docker(["update", "--pids-limit", "40", "life"]).status == 0)
        let listed = try docker(["top", "life"])
        #expect(listed.output.contains("sleep 1000"), "\(listed)")
        #expect(try docker(["stop", "-t", "1", "life"]).status == 0)
        #expect(try docker(["rm", "life"]).status == 0)
    }

    private func dies(_ docker: Docker) throws {
        #expect(try docker.run(["-d", "--name", "victim"], ["sleep", "1000"]).status == 0)
        #expect(try docker(["kill", "victim"]).status == 0)
        #expect(try docker(["wait", "victim"]).output == "137\n")
        #expect(try docker(["rm", "victim"]).status == 0)
        #expect(try docker(["ps", "-aq"]).output == "")
    }

    /// A real terminal on this side, too: `script` gives the client one.
    private func hasTerminal(_ docker: Docker) throws {
        let folder = docker.bundle.directory.string
        // The client tells the terminal's size once the container runs.
        let script = "tty; for i in $(seq 100); do stty size 2> /dev/null | grep . && break; sleep 0.1; done"
        let client = "docker -H unix://\(folder)/docker.sock run --rm -it --network none nestbox:test sh -c '\(script)'"
        let result = try Tool.run([
            "env", "DOCKER_CONFIG=\(folder)", "script", "-qec", "stty rows 33 cols 77; " + client, "/dev/null",
        ])
        #expect(result.output.contains("/dev/pts/0"), "\(result)")
        #expect(result.output.contains("33 77"), "\(result)")
    }
}
