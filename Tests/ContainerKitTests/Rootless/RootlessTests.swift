// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Synchronization
import SystemPackage
import Testing

@testable import ContainerKit

extension Trait where Self == ConditionTrait {
    /// Runs real containers as a user without root, for which the tests are started once more.
    static var runsRootless: Self {
        .enabled(
            if: !Machine.isRoot && Machine.busybox != nil,
            "needs a user without root and busybox: Scripts/test-rootless runs it as one"
        )
    }
}

@Suite("Containers of a user without root", .runsRootless, .serialized)
struct RootlessTests {
    private static let rights = HostRights.current()
    private static var hasRange: Bool { rights.userNamespace.users.count > 1 }
    private static var isDelegated: Bool {
        guard let tree = try? CgroupTree(layout: .current()) else { return false }
        defer { try? tree.close() }
        return tree.controls(.pids)
    }

    @Test("have root inside, who is the user outside, on a root filesystem that takes changes")
    func root() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let script = "id -u; id -g; touch /root/new /etc/new; stat -c %u /etc/passwd; echo ready; cat"
            var configuration = rootFilesystem.shell(script)
            configuration.process.standardInput = .stream
            try await runtime.withContainer(configuration) { container in
                var lines: [String] = []
                for try await line in container.standardOutput.lines {
                    if line == "ready" { break }
                    lines.append(line)
                }
                #expect(lines == ["0", "0", "0"])
                var status = stat()
                stat("/proc/\(container.processIdentifier)", &status)
                #expect(status.st_uid == geteuid())
            }
            var status = stat()
            #expect(stat(rootFilesystem.directory.appending("upper/root/new").string, &status) == 0)
            #expect(status.st_uid == geteuid())
        }
    }

    @Test("see a directory of the host's, read-only where asked, and no more of the host")
    func binds() async throws {
        let script =
            "cat /data/file; (echo x > /data/file) 2>/dev/null || echo refused; ls /; ls /proc | grep -c '^[0-9]'"
        let seen = try await lines(of: script) { configuration, rootFilesystem in
            let data = rootFilesystem.directory.appending("data")
            mkdir(data.string, 0o755)
            try Shell.run(["sh", "-c", "echo hello > \(data)/file"])
            configuration.mounts.append(.bind(data, at: "/data", options: .readOnly))
            for name in ["proc", "sys", "dev"] { mkdir(rootFilesystem.path.appending(name).string, 0o755) }
        }
        let root = ["bin", "data", "dev", "etc", "home", "proc", "root", "sys", "tmp"]
        #expect(seen.prefix(2) == ["hello", "refused"] && Array(seen.dropFirst(2).prefix(9)) == root)
    }

    @Test("are other users with a granted range, and told why not without")
    func users() async throws {
        try await withRuntime { runtime, rootFilesystem in
            var configuration = rootFilesystem.shell("id -u; id -G; touch /tmp/mine && stat -c %u /tmp/mine")
            configuration.process.user = .named("alice")
            if Self.hasRange {
                let seen = try await runtime.finish(configuration)
                #expect(seen.lines == ["1000", "1001 10 100", "1000"], "\(seen)")
            } else {
                let error = await #expect(throws: ContainerError.self) { try await runtime.finish(configuration) }
                #expect(error?.message.contains("/etc/subuid") == true)
            }
        }
    }

    @Test("are entered, with the same users")
    func execution() async throws {
        try await withRuntime { runtime, rootFilesystem in
            try await runtime.withContainer(rootFilesystem.shell("sleep 1000")) { container in
                var process = ProcessConfiguration(
                    ["/bin/sh", "-c", "id -u; readlink /proc/1/exe; touch /root/x && echo can"],
                    environment: ["PATH=/bin"]
                )
                process.standardOutput = .stream
                let program = try await container.execute(process)
                let output = try await program.standardOutput.collect(upTo: 100)
                #expect(String(decoding: output, as: UTF8.self) == "0\n/bin/busybox\ncan\n")
            }
        }
    }

    @Test("have Docker's confinement")
    func confinement() async throws {
        let seen = try await lines(
            of: """
                grep -E '^(Seccomp|NoNewPrivs|CapEff):' /proc/self/status; cat /proc/kcore | wc -c
                (echo 1 > /proc/sys/kernel/core_uses_pid) 2>/dev/null || echo refused
                mount -t tmpfs x /tmp 2>/dev/null || echo refused; echo x > /dev/null && echo null; ls /dev/pts
                """
        )
        #expect(
            seen == [
                "CapEff:\t00000000a80425fb", "NoNewPrivs:\t1", "Seccomp:\t2", "0", "refused", "refused", "null", "ptmx",
            ]
        )
    }

    @Test("that ask for no limits get no control groups; limits need delegated ones, and the error says so")
    func limits() async throws {
        try await withRuntime { runtime, rootFilesystem in
            var configuration = rootFilesystem.shell("cat /proc/self/cgroup; true")
            let free = try await runtime.finish(configuration)
            #expect(free.status.isSuccess, "\(free)")
            configuration.resources.pids.limit = 20
            if Self.isDelegated {
                configuration.process.arguments[2] = "cat /sys/fs/cgroup/pids/pids.max"
                let limited = try await runtime.finish(configuration)
                #expect(limited.lines == ["20"], "\(limited)")
            } else {
                let error = await #expect(throws: ContainerError.self) { try await runtime.finish(configuration) }
                #expect(error?.code == .unsupported && error?.message.contains("delegated") == true, "\(error as Any)")
            }
        }
    }

    @Test("without control groups say what they can't do")
    func withoutGroups() async throws {
        guard !Self.isDelegated else { return }
        try await withRuntime { runtime, rootFilesystem in
            try await runtime.withContainer(rootFilesystem.shell("sleep 1000")) { container in
                let actions: [() throws -> Void] = [
                    { try container.pause() }, { _ = try container.usage() }, { _ = try container.processes() },
                ]
                for action in actions {
                    let error = #expect(throws: ContainerError.self) { try action() }
                    #expect(error?.code == .unsupported)
                }
            }
        }
    }

    @Test("share the host's network where asked, with a /sys of the host's")
    func hostNetwork() async throws {
        let own = try FileDescriptor.link("/proc/self/ns/net")
        let seen = try await lines(of: "readlink /proc/self/ns/net; ls /sys/class/net | wc -l") { configuration, _ in
            configuration.namespaces.network = .host
        }
        #expect(seen.first == own && Int(seen.last ?? "0") ?? 0 > 0)
    }

    @Test(
        "are reached through pasta at a port of the host's, which goes with them",
        .enabled(
            if: access("/usr/bin/pasta", X_OK) == 0 && access("/dev/net/tun", R_OK | W_OK) == 0,
            "needs the package passt and a /dev/net/tun that this user may open"
        )
    )
    func network() async throws {
        try await withRuntime { runtime, rootFilesystem in
            var configuration = rootFilesystem.shell("echo hello | nc -l -p 80")
            let port = try freePort()
            configuration.userModeNetwork = UserModeNetwork(ports: [
                .init(host: port, container: 80, address: "127.0.0.1")
            ])
            let status = try await runtime.withContainer(configuration) { container in
                // Until the server inside listens there is nobody to answer.
                let fetch =
                    "for i in $(seq 200); do r=$(\(Machine.busybox ?? "busybox") nc 127.0.0.1 \(port) < /dev/null); "
                    + "[ \"$r\" = hello ] && exit 0; sleep 0.05; done; exit 1"
                try Shell.run(["sh", "-c", fetch])
                return try await container.wait()
            }
            #expect(status.isSuccess)
            #expect(runtime.connections.withLock { $0.isEmpty })
        }
    }

    @Test("that fail leave no process and no mount")
    func failure() async {
        // In a process of its own: other tests' descriptors and children come and go in this one.
        await #expect(processExitsWith: .success) { try await failedLaunches() }
    }
}

/// Launches what can't be launched, and compares the host before and after.
private func failedLaunches() async throws {
    try await withRuntime { runtime, rootFilesystem in
        let parent = "nestbox/none"
        _ = try await runtime.finish(rootFilesystem.shell("true"))
        let before = try HostState.now(parent: parent, directory: rootFilesystem.directory)
        var missing = rootFilesystem.shell("true")
        missing.process.arguments = ["/bin/nothing"]
        var unbound = rootFilesystem.shell("true")
        unbound.mounts.append(.bind("/no/such", at: "/x"))
        for configuration in [missing, unbound] {
            await #expect(throws: ContainerError.self) { try await runtime.finish(configuration) }
        }
        let after = try await HostState.settled(as: before, parent: parent, directory: rootFilesystem.directory)
        #expect(after == before)
    }
}

/// A TCP port of the loopback that nobody listens at now.
private func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw Errno(rawValue: errno) }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
        }
    }
    guard result == 0 else { throw Errno(rawValue: errno) }
    return UInt16(bigEndian: address.sin_port)
}
