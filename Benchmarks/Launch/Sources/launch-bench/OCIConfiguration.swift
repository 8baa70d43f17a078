// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import FoundationEssentials
import SystemPackage

/// The `config.json` of the peers' bundle: what `contain` asks of ContainerKit, in the OCI specification's words.
///
/// Masks, read-only paths, capabilities and the seccomp profile are taken from ContainerKit's own defaults.
struct OCIConfiguration: Encodable {
    struct User: Encodable {
        var uid = 0
        var gid = 0
    }

    struct Process: Encodable {
        var terminal = false
        var user = User()
        var args: [String]
        var env = ProcessConfiguration.defaultEnvironment
        var cwd = "/"
        var capabilities: [String: [String]]
        var noNewPrivileges = true
    }

    struct Root: Encodable {
        var path: String
        var readonly = false
    }

    struct Mount: Encodable {
        var destination: String
        var type: String
        var source: String
        var options: [String]
    }

    struct Namespace: Encodable {
        var type: String
    }

    struct Resources: Encodable {
        var memory = ["limit": 256 << 20]
        var cpu = ["quota": 100_000, "period": 100_000]
        var pids = ["limit": 512]
    }

    struct Linux: Encodable {
        var resources = Resources()
        var cgroupsPath: String
        var namespaces = ["pid", "network", "ipc", "uts", "mount", "cgroup"].map(Namespace.init)
        var maskedPaths = ContainerConfiguration.defaultMaskedPaths.map(\.string)
        var readonlyPaths = ContainerConfiguration.defaultReadOnlyPaths.map(\.string)
        var seccomp: Seccomp
    }

    var ociVersion = "1.0.2"
    var process: Process
    var root: Root
    var hostname = "bench"
    var mounts = Self.mounts
    var linux: Linux

    /// A container that runs one program on a directory.
    init(program: String, root: FilePath, group: String) {
        let capabilities = CapabilitySet.docker.capabilities.map(\.name)
        self.process = Process(
            args: [program],
            capabilities: ["bounding": capabilities, "effective": capabilities, "permitted": capabilities]
        )
        self.root = Root(path: root.string)
        self.linux = Linux(
            cgroupsPath: "/nestbox/\(group)",
            seccomp: Seccomp(.default(capabilities: .docker))
        )
    }

    /// The file's content.
    func json() throws -> [UInt8] {
        Array(try JSONEncoder().encode(self))
    }

    private static let mounts = [
        Mount(destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"]),
        Mount(
            destination: "/dev",
            type: "tmpfs",
            source: "tmpfs",
            options: ["nosuid", "strictatime", "mode=755", "size=65536k"]
        ),
        Mount(
            destination: "/dev/pts",
            type: "devpts",
            source: "devpts",
            options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]
        ),
        Mount(
            destination: "/dev/shm",
            type: "tmpfs",
            source: "shm",
            options: ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]
        ),
        Mount(
            destination: "/dev/mqueue",
            type: "mqueue",
            source: "mqueue",
            options: ["nosuid", "noexec", "nodev"]
        ),
        Mount(destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", "ro"]),
        Mount(
            destination: "/sys/fs/cgroup",
            type: "cgroup",
            source: "cgroup",
            options: ["nosuid", "noexec", "nodev", "ro"]
        ),
    ]
}
