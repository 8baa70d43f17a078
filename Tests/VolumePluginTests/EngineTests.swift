// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Foundation
import Glibc
import SystemPackage
import Testing
import VolumePlugin
import VolumeStore

@Suite("Real engines that use a store as a volume driver", .serialized)
struct EngineTests {
    /// A root filesystem of one program.
    private func makeRoot(_ path: FilePath) throws {
        for name in ["", "bin", "data", "proc", "dev", "sys", "etc", "tmp"] {
            try FileManager.default.createDirectory(
                atPath: path.appending(name).string,
                withIntermediateDirectories: false
            )
        }
        try FileManager.default.copyItem(atPath: "/bin/busybox", toPath: path.appending("bin/busybox").string)
        try FileManager.default.createSymbolicLink(
            atPath: path.appending("bin/sh").string,
            withDestinationPath: "busybox"
        )
    }

    /// Removes the control groups that an engine made and left empty.
    private static func removeGroups(_ name: String) {
        let script = "find /sys/fs/cgroup/*/nestbox/\(name) -depth -type d -exec rmdir {} +"
        _ = try? PluginFixture.runBlocking("/bin/sh", ["-c", script], [:])
    }

    @Test("Podman creates, lists, uses and removes volumes of a store", .needs("podman", "runc", "busybox"))
    func podman() async throws {
        try await PluginFixture.with { test in
            defer { Self.removeGroups("podman-tests") }
            let configuration = test.directory.appending("containers.conf")
            // Podman waits 5 s for a plugin by default, which a machine that runs all tests at once may take.
            try Data(
                "[engine]\nvolume_plugin_timeout = 60\n[engine.volume_plugins]\nnestbox = \"\(test.socket)\"\n".utf8
            )
            .write(to: URL(fileURLWithPath: configuration.string))
            func podman(_ arguments: String...) async throws -> String {
                let place = ["--root", "\(test.directory)/graph", "--runroot", "\(test.directory)/run"]
                let ways = ["--storage-driver", "vfs", "--cgroup-manager", "cgroupfs", "--runtime", "runc"]
                return try await PluginFixture.run(
                    "/usr/bin/podman",
                    place + ways + arguments,
                    environment: ["CONTAINERS_CONF": configuration.string]
                )
            }
            #expect(try await podman("volume", "create", "--driver", "nestbox", "nestbox-vol") == "nestbox-vol")
            #expect(try await test.store.list().map(\.name) == ["nestbox-vol"])
            #expect(try await podman("volume", "ls", "--format", "{{.Driver}} {{.Name}}") == "nestbox nestbox-vol")

            let root = test.directory.appending("root")
            try makeRoot(root)
            for round in 1...2 {
                // The limits, because the machine may not let anybody raise its own.
                let output = try await podman(
                    "run",
                    "--rm",
                    "--network=none",
                    "--cgroup-parent=/nestbox/podman-tests",
                    "--ulimit=nofile=1024:1024",
                    "--ulimit=nproc=1024:1024",
                    "--volume=nestbox-vol:/data",
                    "--rootfs",
                    root.string,
                    "/bin/sh",
                    "-c",
                    "echo line >> /data/file; busybox wc -l < /data/file"
                )
                #expect(output == "\(round)")
            }
            // Podman 4.3 unmounts at the latest before it removes; a lease that was left would refuse the removal.
            _ = try await podman("volume", "rm", "nestbox-vol")
            #expect(try await test.store.list().isEmpty)
        }
    }

    @Test(
        "Docker creates, lists, uses and removes volumes of a store",
        .needs("dockerd", "containerd", "runc", "busybox")
    )
    func docker() async throws {
        // Docker looks for plugins in this directory only.
        let driver = "nestbox-test-\(getpid())"
        try await PluginFixture.with(socket: PluginDriver.socketDirectory.appending("\(driver).sock")) { test in
            defer { Self.removeGroups("docker-tests") }
            let root = test.directory.appending("root")
            try makeRoot(root)
            try await withDaemon(in: test.directory) { docker in
                #expect(try await docker(["volume", "create", "--driver", driver, "nestbox-vol"]) == "nestbox-vol")
                #expect(try await test.store.list().map(\.name) == ["nestbox-vol"])
                let format = ["--format", "{{.Driver}} {{.Name}}"]
                #expect(try await docker(["volume", "ls"] + format) == "\(driver) nestbox-vol")

                let archive = "\(test.directory)/root.tar"
                try await PluginFixture.run("/bin/tar", ["-C", root.string, "-cf", archive, "."])
                _ = try await docker(["import", archive, "nestbox-root"])
                let run = ["run", "--network=none", "--cgroup-parent=/nestbox/docker-tests", "-v", "nestbox-vol:/data"]
                let script = "echo line >> /data/file; busybox wc -l < /data/file"
                for round in 1...2 {
                    let output = try await docker(run + ["--rm", "nestbox-root", "/bin/sh", "-c", script])
                    #expect(output == "\(round)")
                }
                #expect(try await test.store.inspect("nestbox-vol").leases.isEmpty)
                _ = try await docker(
                    run + ["-d", "--name", "nestbox-box", "nestbox-root", "/bin/busybox", "sleep", "600"]
                )
                #expect(try await test.store.inspect("nestbox-vol").leases.count == 1)
                await #expect(throws: VolumeError.self) { try await test.store.remove("nestbox-vol") }
                _ = try await docker(["rm", "-f", "nestbox-box"])
                _ = try await docker(["volume", "rm", "nestbox-vol"])
                #expect(try await test.store.list().isEmpty)
            }
        }
    }

    /// Runs `body` while a Docker daemon of its own runs, without any network.
    private func withDaemon(
        in directory: FilePath,
        _ body: (_ docker: ([String]) async throws -> String) async throws -> Void
    ) async throws {
        let address = "unix://\(directory)/docker.sock"
        let daemon = Process()
        daemon.executableURL = URL(fileURLWithPath: "/usr/sbin/dockerd")
        daemon.arguments = [
            "--data-root", "\(directory)/data", "--exec-root", "\(directory)/exec", "--pidfile", "\(directory)/pid",
            "--host", address, "--storage-driver", "vfs", "--bridge", "none", "--iptables=false", "--ip-masq=false",
        ]
        let log = "\(directory)/dockerd.log"
        try Data().write(to: URL(fileURLWithPath: log))
        let output = try #require(FileHandle(forWritingAtPath: log))
        daemon.standardOutput = output
        daemon.standardError = output
        try daemon.run()
        defer {
            daemon.terminate()
            daemon.waitUntilExit()
            // What a daemon that was stopped leaves mounted.
            let script = "grep -o '\(directory)[^ ]*' /proc/self/mounts | xargs -r umount -l"
            _ = try? PluginFixture.runBlocking("/bin/sh", ["-c", script], [:])
        }
        func docker(_ arguments: [String]) async throws -> String {
            try await PluginFixture.run("/usr/bin/docker", ["--host", address] + arguments)
        }
        var tries = 0
        while (try? await docker(["version"])) == nil {
            tries += 1
            try #require(
                tries < 300 && daemon.isRunning,
                "\((try? String(contentsOfFile: log, encoding: .utf8)) ?? "")"
            )
            try await Task.sleep(for: .milliseconds(100))
        }
        try await body(docker)
    }
}
