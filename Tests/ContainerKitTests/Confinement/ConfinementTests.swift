// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import ContainerKit

@Suite("What a program is and may do", .runsContainers)
struct ConfinementTests {
    @Test("it is alone in its namespaces")
    func namespaces() async throws {
        let seen = try await lines(
            of: """
                echo $$; ps -o pid,comm | grep -c -v PID; for n in mnt pid uts ipc net cgroup; do
                    readlink /proc/self/ns/$n; done
                """
        )
        #expect(seen.first == "1")
        for link in seen.dropFirst(2) {
            let name = link.prefix { $0 != ":" }
            let own = try FileDescriptor.link("/proc/self/ns/\(name)")
            #expect(link != own, "\(name) is shared with the host")
        }
    }

    @Test("shared namespaces are the host's", .needsRoot)
    func sharedNamespaces() async throws {
        let seen = try await lines(of: "for n in uts ipc net; do readlink /proc/self/ns/$n; done") {
            configuration,
            _ in
            configuration.namespaces.uts = .host
            configuration.namespaces.ipc = .host
            configuration.namespaces.network = .host
        }
        for (name, link) in zip(["uts", "ipc", "net"], seen) {
            #expect(try FileDescriptor.link("/proc/self/ns/\(name)") == link)
        }
    }

    @Test("a container joins another's network namespace", .needsRoot)
    func join() async throws {
        try await withRuntime { runtime, rootFilesystem in
            var first = rootFilesystem.shell("echo ready; nc -l -p 8000 -e echo found")
            first.rootFilesystem = .directory(rootFilesystem.path)
            try await runtime.withContainer(first) { container in
                for try await line in container.standardOutput.lines where line == "ready" { break }
                var second = rootFilesystem.shell("sleep 0.2; nc 127.0.0.1 8000")
                second.rootFilesystem = .directory(rootFilesystem.path)
                second.namespaces.network = .join(FilePath("/proc/\(container.processIdentifier)/ns/net"))
                #expect(try await runtime.finish(second).lines == ["found"])
            }
        }
    }

    @Test("its own network has a loopback that is up, and nothing else")
    func loopback() async throws {
        let seen = try await lines(
            of: "ls /sys/class/net; (nc -l -p 8000 -e echo hello &); sleep 0.2; nc 127.0.0.1 8000"
        )
        #expect(seen == ["lo", "hello"])
    }

    @Test("it has its own host and domain name")
    func names() async throws {
        let seen = try await lines(of: "hostname; cat /proc/sys/kernel/domainname") { configuration, _ in
            configuration.hostName = String(repeating: "h", count: 64)
            configuration.domainName = "nest.example"
        }
        #expect(seen == [String(repeating: "h", count: 64), "nest.example"])
    }

    @Test("it starts with the given environment and nothing else")
    func environment() async throws {
        let seen = try await lines(of: "env | sort") { configuration, _ in
            configuration.process.environment = ["PATH=/bin", "A=1", "EMPTY=", "B=x=y"]
        }
        #expect(seen == ["A=1", "B=x=y", "EMPTY=", "HOME=/root", "PATH=/bin", "PWD=/", "SHLVL=1"])
    }

    @Test("it starts in its working directory, which is made where it is missing")
    func workingDirectory() async throws {
        let seen = try await lines(of: "pwd") { configuration, _ in
            configuration.process.workingDirectory = "/srv/made/here"
        }
        #expect(seen == ["/srv/made/here"])
    }

    @Test("it runs as the given user, with the groups that the files list")
    func users() async throws {
        func identity(_ user: ProcessUser) async throws -> [String] {
            try await lines(of: "id -u; id -g; cat /proc/self/status | grep Groups; echo $HOME") { configuration, _ in
                configuration.process.user = user
            }
        }
        #expect(try await identity(.named("alice")) == ["1000", "1001", "Groups:\t10 100 ", "/home/alice"])
        #expect(try await identity(.named("alice:wheel")) == ["1000", "10", "Groups:\t ", "/home/alice"])
        #expect(try await identity(.named("1000")) == ["1000", "1001", "Groups:\t10 100 ", "/home/alice"])
        #expect(try await identity(.named("4242")) == ["4242", "0", "Groups:\t ", "/"])
        #expect(
            try await identity(.numbers(user: 7, group: 8, supplementaryGroups: [9, 5]))
                == ["7", "8", "Groups:\t5 9 ", "/"]
        )
    }

    @Test("its capabilities are Docker's, and none for another user")
    func capabilities() async throws {
        let script = "grep -E 'Cap|NoNewPrivs|Seccomp:' /proc/self/status | tr -d '\\t'"
        #expect(
            try await lines(of: script) == [
                "CapInh:0000000000000000", "CapPrm:00000000a80425fb", "CapEff:00000000a80425fb",
                "CapBnd:00000000a80425fb", "CapAmb:0000000000000000", "NoNewPrivs:1", "Seccomp:2",
            ]
        )
        let alice = try await lines(of: script) { configuration, _ in configuration.process.user = .named("alice") }
        #expect(alice.prefix(3) == ["CapInh:0000000000000000", "CapPrm:0000000000000000", "CapEff:0000000000000000"])
    }

    @Test("all five capability sets can be chosen")
    func capabilitySets() async throws {
        let seen = try await lines(of: "grep Cap /proc/self/status | tr -d '\\t'") { configuration, _ in
            configuration.process.user = .numbers(user: 1000, group: 1000)
            configuration.process.capabilities.bounding = [.netAdmin, .kill, .chown]
            configuration.process.capabilities.permitted = [.netAdmin, .kill]
            configuration.process.capabilities.inheritable = [.netAdmin]
            configuration.process.capabilities.effective = [.netAdmin]
            configuration.process.capabilities.ambient = [.netAdmin]
        }
        #expect(
            seen == [
                "CapInh:0000000000001000", "CapPrm:0000000000001000", "CapEff:0000000000001000",
                "CapBnd:0000000000001021", "CapAmb:0000000000001000",
            ]
        )
    }

    @Test("the seccomp profile refuses what Docker's does, and unconfined does not")
    func seccomp() async throws {
        let script = "unshare -U true 2>/dev/null && echo allowed || echo refused"
        #expect(try await lines(of: script) == ["refused"])
        let free = try await lines(of: script) { configuration, _ in configuration.seccomp = .unconfined }
        #expect(free == ["allowed"])
    }

    @Test("a filter is loaded without no_new_privs too")
    func seccompWithPrivileges() async throws {
        let seen = try await lines(of: "grep -E 'NoNewPrivs|Seccomp:' /proc/self/status | tr -d '\\t'") {
            configuration,
            _ in configuration.process.noNewPrivileges = false
        }
        #expect(seen == ["NoNewPrivs:0", "Seccomp:2"])
    }

    @Test("resource limits, the file mode mask and the OOM score hold")
    func limits() async throws {
        let seen = try await lines(of: "ulimit -n; ulimit -H -n; umask; cat /proc/self/oom_score_adj") {
            configuration,
            _ in
            configuration.process.resourceLimits = [ResourceLimit(.openFiles, soft: 100, hard: 200)]
            configuration.process.fileModeMask = [.groupReadWriteExecute, .otherReadWriteExecute]
            configuration.process.oomScoreAdjustment = 500
        }
        #expect(seen == ["100", "200", "0077", "500"])
    }

    @Test("kernel parameters of its own namespaces are set, the host's untouched")
    func kernelParameters() async throws {
        let before = try FileDescriptor.text("/proc/sys/net/ipv4/ip_forward")
        let seen = try await lines(of: "cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax") {
            configuration,
            _ in
            configuration.kernelParameters = [
                "net.ipv4.ip_forward": before == "1\n" ? "0" : "1", "kernel.msgmax": "4096",
            ]
        }
        #expect(seen == [before == "1\n" ? "0" : "1", "4096"])
        #expect(try FileDescriptor.text("/proc/sys/net/ipv4/ip_forward") == before)
    }

    @Test("limits on memory, processor and processes are in force and visible inside", .needsRoot)
    func resources() async throws {
        try await withRuntime { runtime, rootFilesystem in
            var configuration = rootFilesystem.shell(
                """
                cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null
                cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>/dev/null
                cat /proc/self/cgroup | cut -d: -f3 | sort -u
                """
            )
            configuration.resources.memory.limit = .mebibytes(64)
            configuration.resources.cpu = try .cpus(0.5)
            configuration.resources.pids.limit = 30
            let seen = try await runtime.finish(configuration).lines
            #expect(seen.prefix(3) == ["67108864", "30", "/"])
        }
    }

    @Test("a program that takes more memory than its limit is killed")
    func memoryLimit() async throws {
        try await withRuntime { runtime, rootFilesystem in
            var configuration = rootFilesystem.configuration(["/bin/dd", "if=/dev/zero", "of=/dev/null", "bs=200M"])
            configuration.resources.memory.limit = .mebibytes(16)
            configuration.resources.memory.swap = .mebibytes(16)
            let finished = try await runtime.finish(configuration)
            #expect(finished.status == .signaled(.kill))
        }
    }

    @Test("signals that the host application ignores are not ignored in the container")
    func signals() async throws {
        let seen = try await lines(of: "grep -E 'SigBlk|SigIgn' /proc/self/status | tr -d '\\t'")
        #expect(seen == ["SigBlk:0000000000000000", "SigIgn:0000000000000000"])
    }

    @Test("a user namespace maps its root to someone else outside", .needsRoot)
    func userNamespace() async throws {
        try await withRuntime { runtime, rootFilesystem in
            var configuration = rootFilesystem.shell(
                "id -u; cat /proc/self/uid_map | tr -s ' '; echo ready; sleep 1000"
            )
            configuration.rootFilesystem = .directory(rootFilesystem.path)
            for name in ["proc", "sys", "dev"] { try Shell.run(["mkdir", "-p", "\(rootFilesystem.path)/\(name)"]) }
            configuration.namespaces.user = UserNamespace(mappings: [.init(inside: 0, outside: 100_000, count: 65_536)])
            try await runtime.withContainer(configuration) { container in
                var seen: [String] = []
                for try await line in container.standardOutput.lines {
                    if line == "ready" { break }
                    seen.append(line)
                }
                #expect(seen == ["0", " 0 100000 65536"])
                let status = try FileDescriptor.text(FilePath("/proc/\(container.processIdentifier)/status"))
                #expect(status.contains("Uid:\t100000\t100000\t100000\t100000"))
            }
        }
    }
}

extension FileDescriptor {
    static func text(_ path: FilePath) throws -> String {
        let file = try FileDescriptor.open(path, .readOnly)
        defer { try? file.close() }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = try buffer.withUnsafeMutableBytes({ try file.read(into: $0) }), count > 0 {
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension FileDescriptor {
    static func link(_ path: String) throws -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes {
            guard let start = $0.baseAddress else { return -1 }
            return readlink(path, start.assumingMemoryBound(to: CChar.self), $0.count)
        }
        guard count >= 0 else { throw Errno(rawValue: errno) }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }
}
