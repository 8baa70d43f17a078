// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import ContainerKit

@Suite("Entering a container whose processes are hostile", .runsContainers)
struct HostileContainerTests {
    @Test("they find no newcomer's descriptor, memory or program that is the host's")
    func watchers() async throws {
        try await withRuntime { runtime, rootFilesystem in
            // Looks into every process that comes, as fast as it can, and says what it sees of the host.
            let spy = """
                echo ready
                while true; do
                    for p in /proc/[0-9]*; do
                        case $p in /proc/1|/proc/$$) continue;; esac
                        for f in $p/fd/*; do
                            t=$(readlink $f 2>/dev/null) || continue
                            case $t in /dev/null|pipe:*|/proc/*|'') ;; *) echo "$t";; esac
                        done
                        readlink $p/exe 2>/dev/null
                    done
                done
                """
            let container = try await runtime.run(rootFilesystem.shell(spy))
            var lines = container.standardOutput.lines.makeAsyncIterator()
            #expect(try await lines.next() == "ready")
            for _ in 0..<40 {
                let program = try await container.execute(
                    ProcessConfiguration(["/bin/true"], environment: ["PATH=/bin"])
                )
                #expect(try await program.wait() == .exited(0))
            }
            try await container.kill()
            var seen: Set<String> = []
            while let line = try await lines.next() { seen.insert(line) }
            let foreign = seen.filter { !$0.hasPrefix("/bin/busybox") }
            #expect(foreign.isEmpty, "a container saw \(foreign)")
            try await container.delete()
        }
    }

    @Test("a first process with CAP_SYS_PTRACE can't stop one that has more rights than the container")
    func tracers() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let spy = """
                echo ready
                while true; do
                    for p in /proc/[0-9]*; do
                        case $p in /proc/1|/proc/$$) continue;; esac
                        grep CapPrm $p/status 2>/dev/null
                    done
                done
                """
            var configuration = rootFilesystem.shell(spy)
            configuration.process.capabilities = ProcessCapabilities([.sysPtrace, .kill])
            let container = try await runtime.run(configuration)
            var lines = container.standardOutput.lines.makeAsyncIterator()
            #expect(try await lines.next() == "ready")
            for _ in 0..<40 {
                var process = ProcessConfiguration(["/bin/true"], environment: ["PATH=/bin"])
                process.capabilities = ProcessCapabilities([.kill])
                #expect(try await container.execute(process).wait() == .exited(0))
            }
            try await container.kill()
            var masks: Set<String> = []
            while let line = try await lines.next() { masks.insert(line) }
            // Its own children have its own; a newcomer is never seen with more than it is to have.
            #expect(masks.isSubset(of: ["CapPrm:\t0000000000080020", "CapPrm:\t0000000000000020"]), "\(masks)")
            try await container.delete()
        }
    }

    @Test("/dev/pts replaced by something else gives no terminal")
    func replacedTerminals() async throws {
        try await withRuntime { runtime, rootFilesystem in
            var configuration = rootFilesystem.shell(
                "mount -t tmpfs none /dev/pts && ln -s /dev/zero /dev/pts/ptmx && mknod /dev/pts/x p; echo ready; sleep 1000"
            )
            configuration.process.capabilities = ProcessCapabilities([.sysAdmin, .chown, .dacOverride, .mknod])
            configuration.process.noNewPrivileges = false
            configuration.seccomp = .unconfined
            let container = try await runtime.run(configuration)
            for try await line in container.standardOutput.lines where line == "ready" { break }
            var process = ProcessConfiguration(["/bin/true"], environment: ["PATH=/bin"])
            process.terminal = Terminal.Size(rows: 24, columns: 80)
            let error = await #expect(throws: ContainerError.self) { try await container.execute(process) }
            #expect(error?.operation == "open a terminal")
            try await container.kill()
            try await container.delete()
        }
    }

    @Test("a working directory that is a link out of the root is refused")
    func workingDirectory() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let script = "ln -s /proc/self/fd /tmp/out; echo ready; sleep 1000"
            try await runtime.withContainer(rootFilesystem.shell(script)) { container in
                for try await line in container.standardOutput.lines where line == "ready" { break }
                for number in 3..<16 {
                    var process = ProcessConfiguration(["/bin/pwd"], environment: ["PATH=/bin"], output: .stream)
                    process.workingDirectory = FilePath("/tmp/out/\(number)")
                    await #expect(throws: ContainerError.self) { try await container.execute(process) }
                }
            }
        }
    }

    @Test("a hostile /etc/passwd names nobody that it should not")
    func accounts() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let script = "echo '1000:x:0:0::/:/bin/sh' > /etc/passwd; echo ready; sleep 1000"
            try await runtime.withContainer(rootFilesystem.shell(script)) { container in
                for try await line in container.standardOutput.lines where line == "ready" { break }
                var process = ProcessConfiguration(["/bin/id", "-u"], environment: ["PATH=/bin"], output: .stream)
                process.user = .named("1000")
                let program = try await container.execute(process)
                let output = try await program.standardOutput.collect(upTo: 100)
                #expect(String(decoding: output, as: UTF8.self) == "1000\n")
            }
        }
    }
}
