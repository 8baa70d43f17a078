// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import OCIRuntime

extension Trait where Self == ConditionTrait {
    /// Runs real containers as a user without root, for which the tests are started once more.
    static var runsRootless: Self {
        .enabled(
            if: !Machine.isRoot && Machine.busybox != nil,
            "needs a user without root and busybox: Scripts/test-rootless runs it as one"
        )
    }
}

@Suite("The command line of a user without root", .runsRootless, .serialized)
struct RootlessCommandTests {
    private func bundle(_ arguments: [String], _ change: (inout [String: JSONValue]) -> Void = { _ in }) throws
        -> Bundle
    {
        let bundle = try Bundle()
        try bundle.configure(arguments) { members in
            guard case .object(let rootless) = SpecCommand.document(isRootless: true) else { return }
            members["linux"] = rootless["linux"]
            members["mounts"] = rootless["mounts"]
            change(&members)
        }
        return bundle
    }

    @Test("runs what `spec --rootless` writes")
    func run() throws {
        let bundle = try bundle(["sh", "-c", "id -u; echo x > /tmp/file && cat /tmp/file; exit 4"])
        let result = try bundle.oci(["run", "--bundle", bundle.path, "rootless-\(getpid())"])
        #expect(result.output == "0\nx\n" && result.status == 4, "\(result)")
    }

    @Test("gives a configuration without a user namespace one, for rules about devices nothing")
    func implied() throws {
        let bundle = try Bundle()
        try bundle.configure(["id", "-u"])
        let result = try bundle.oci(["run", "--bundle", bundle.path, "implied-\(getpid())"])
        #expect(result.output == "0\n" && result.status == 0, "\(result)")
    }

    @Test("creates, starts, enters, kills and deletes")
    func life() throws {
        let bundle = try bundle(["sleep", "1000"])
        let identifier = "rootless-life-\(getpid())"
        let created = try bundle.oci(["create", "--bundle", bundle.path, identifier])
        #expect(created.status == 0, "\(created)")
        #expect(try bundle.oci(["start", identifier]).status == 0)
        let entered = try bundle.oci(["exec", identifier, "sh", "-c", "id -u; exit 7"])
        #expect(entered.output == "0\n" && entered.status == 7, "\(entered)")
        #expect(try bundle.oci(["kill", identifier, "KILL"]).status == 0)
        for _ in 0..<100 where try !bundle.oci(["state", identifier]).output.contains("stopped") { usleep(20_000) }
        #expect(try bundle.oci(["delete", identifier]).status == 0)
        #expect(try bundle.oci(["list", "-q"]).output == "")
    }

    @Test("keeps its state where the user's session does, and says what limits need")
    func words() throws {
        let directory = getenv("XDG_RUNTIME_DIR").map { String(cString: $0) } ?? ""
        #expect(CommandContext.ownRoot == directory + "/nestbox-oci")
        let bundle = try bundle(["true"]) { members in
            guard case .object(var linux)? = members["linux"] else { return }
            linux["resources"] = .object(["rdma": .object(["none": .object(["hcaHandles": .integer(1)])])])
            members["linux"] = .object(linux)
        }
        let result = try bundle.oci(["run", "--bundle", bundle.path, "limited-\(getpid())"])
        #expect(result.status == 1 && result.error.contains("rdma"), "\(result)")
    }

    @Test(
        "is what Podman runs containers with, as that user",
        .enabled(
            if: Machine.has("podman") && Machine.hasRange,
            "needs the package podman and a granted range of users: Scripts/test-rootless runs it as one who has it"
        )
    )
    func podman() throws {
        let bundle = try Bundle()
        let folder = bundle.directory.string
        defer {
            // Podman keeps a process for its user namespace.
            let pid = (try? StateFile.read(FilePath(folder + "/podman/pause.pid"))).map {
                String(decoding: $0, as: UTF8.self)
            }
            if let pid = pid.flatMap({ pid_t($0) }), pid > 1 { kill(pid, SIGKILL) }
        }
        let result = try Tool.run([
            "podman", "--root", folder + "/storage", "--runroot", folder + "/run", "--storage-driver", "vfs",
            "--cgroup-manager", "cgroupfs", "--events-backend", "none", "--runtime", Tool.runtime, "--tmpdir",
            folder + "/podman", "run", "--rm", "--network", "none", "--ulimit", "nofile=1024:1024", "--ulimit",
            "nproc=4096:4096", "--security-opt", "label=disable", "--rootfs", bundle.path + "/rootfs", "sh", "-c",
            "id -u; cat /proc/self/uid_map",
        ])
        #expect(result.status == 0 && result.output.hasPrefix("0\n"), "\(result)")
        #expect(result.output.split(separator: "\n").count == 3, "\(result)")
    }
}
