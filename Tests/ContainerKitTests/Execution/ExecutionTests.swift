// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import ContainerKit

/// What a further program said and how it ended.
private func finish(_ program: ContainerProcess) async throws -> Finished {
    async let output = program.standardOutput.collect(upTo: 1 << 20)
    async let error = program.standardError.collect(upTo: 1 << 20)
    let (out, err) = try await (output, error)
    return Finished(
        status: try await program.wait(),
        output: String(decoding: out, as: UTF8.self),
        error: String(decoding: err, as: UTF8.self)
    )
}

private func shell(_ script: String) -> ProcessConfiguration {
    ProcessConfiguration(["/bin/sh", "-c", script], environment: ["PATH=/bin"], output: .stream, error: .stream)
}

@Suite("A further program in a running container", .runsContainers)
struct ExecutionTests {
    /// Runs a script in a container that sleeps.
    private func run(
        _ script: String,
        _ adjust: (inout ProcessConfiguration) -> Void = { _ in },
        in change: (inout ContainerConfiguration) -> Void = { _ in }
    ) async throws -> Finished {
        try await withRuntime { runtime, rootFilesystem in
            var configuration = rootFilesystem.configuration(["/bin/sleep", "1000"])
            change(&configuration)
            return try await runtime.withContainer(configuration) { container in
                var process = shell(script)
                adjust(&process)
                return try await finish(container.execute(process))
            }
        }
    }

    @Test("runs, writes, and ends with its own code")
    func runs() async throws {
        let finished = try await run("echo out; echo err >&2; exit 5")
        #expect(finished.output == "out\n" && finished.error == "err\n")
        #expect(finished.status == .exited(5))
    }

    @Test("is in every namespace and control group of the container's first process")
    func namespaces() async throws {
        let script = """
            for n in cgroup ipc mnt net pid uts; do
                a=$(readlink /proc/1/ns/$n); b=$(readlink /proc/self/ns/$n); [ "$a" = "$b" ] && echo same || echo $n $a $b
            done
            cat /proc/self/cgroup | cut -d: -f3 | sort -u
            hostname; ps | grep -c '[s]leep 1000'
            """
        let finished = try await run(script, in: { $0.hostName = "nest" })
        #expect(finished.lines == Array(repeating: "same", count: 6) + ["/", "nest", "1"])
    }

    @Test("is a child in the process namespace, and not its first process")
    func number() async throws {
        let finished = try await run("echo $$ $PPID")
        let numbers = finished.output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        #expect(numbers.count == 2 && numbers[0] > 1 && numbers[1] == 0)
    }

    @Test("has a user, groups, environment, directory, mask and limits of its own")
    func ownSettings() async throws {
        let finished = try await run("id -u; id -g; id -G; pwd; echo $COLOUR $HOME; umask; ulimit -n") { process in
            process.user = .named("alice")
            process.workingDirectory = "/tmp"
            process.environment.append("COLOUR=red")
            process.fileModeMask = FilePermissions(rawValue: 0o077)
            process.resourceLimits = [ResourceLimit(.openFiles, soft: 77)]
        }
        #expect(finished.lines == ["1000", "1001", "1001 10 100", "/tmp", "red /home/alice", "0077", "77"])
    }

    @Test("has capabilities, no_new_privs and a score of its own, and the container's filter")
    func confinement() async throws {
        let script =
            "grep -E 'Cap(Inh|Prm|Eff|Bnd|Amb)|NoNewPrivs|Seccomp:' /proc/self/status; cat /proc/self/oom_score_adj"
        let finished = try await run(script) { process in
            process.capabilities = ProcessCapabilities([.chown, .kill])
            process.oomScoreAdjustment = 321
        }
        let expected = [
            "CapInh:\t0000000000000000", "CapPrm:\t0000000000000021", "CapEff:\t0000000000000021",
            "CapBnd:\t0000000000000021", "CapAmb:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2", "321",
        ]
        #expect(finished.lines == expected)
    }

    @Test("may go without no_new_privs, and is filtered all the same")
    func withoutNoNewPrivileges() async throws {
        let finished = try await run("grep -E 'NoNewPrivs|Seccomp:' /proc/self/status") { $0.noNewPrivileges = false }
        #expect(finished.lines == ["NoNewPrivs:\t0", "Seccomp:\t2"])
    }

    @Test("reads what the host writes, and gets further descriptors")
    func streams() async throws {
        try await withRuntime { runtime, rootFilesystem in
            try rootFilesystem.write("from a file", to: "tmp/text")
            let file = try FileDescriptor.open(rootFilesystem.path.appending("tmp/text"), .readOnly)
            defer { try? file.close() }
            try await runtime.withContainer(rootFilesystem.configuration(["/bin/sleep", "1000"])) { container in
                var process = shell("cat; cat <&3; ls /proc/self/fd | tr '\\n' ' '")
                process.standardInput = .stream
                process.descriptors = [file]
                let program = try await container.execute(process)
                try await program.standardInput.write("typed, ".utf8)
                program.standardInput.finish()
                let finished = try await finish(program)
                #expect(finished.output == "typed, from a file0 1 2 3 4 ")
            }
        }
    }

    @Test("works in a user namespace: root inside, nobody outside", .needsRoot)
    func userNamespace() async throws {
        let (output, owner) = try await withRuntime { runtime, rootFilesystem in
            var configuration = rootFilesystem.configuration(["/bin/sleep", "1000"])
            configuration.namespaces.user = UserNamespace(mappings: [.init(inside: 0, outside: 100_000, count: 65_536)])
            configuration.rootFilesystem = .directory(rootFilesystem.path)
            for name in ["proc", "sys", "dev"] { try Shell.run(["mkdir", "-p", "\(rootFilesystem.path)/\(name)"]) }
            return try await runtime.withContainer(configuration) { container in
                var process = shell("id -u; readlink /proc/1/ns/user; readlink /proc/self/ns/user; cat")
                process.standardInput = .stream
                let program = try await container.execute(process)
                var status = stat()
                stat("/proc/\(program.processIdentifier)", &status)
                program.standardInput.finish()
                return (try await finish(program).lines, status.st_uid)
            }
        }
        #expect(output.count == 3 && output[0] == "0" && output[1] == output[2])
        #expect(owner == 100_000)
    }

    @Test("in a container that shares the host's process namespace")
    func hostProcesses() async throws {
        let finished = try await run("echo $$", in: { $0.namespaces.process = .host })
        #expect(finished.status == .exited(0))
    }

    @Test("that is missing, has no directory or no user, says so and leaves no process")
    func failures() async throws {
        try await withRuntime { runtime, rootFilesystem in
            try await runtime.withContainer(rootFilesystem.configuration(["/bin/sleep", "1000"])) { container in
                func code(_ change: (inout ProcessConfiguration) -> Void) async -> ContainerError? {
                    var process = shell("true")
                    change(&process)
                    do {
                        _ = try await container.execute(process)
                        return nil
                    } catch {
                        return error as? ContainerError
                    }
                }
                #expect(await code { $0.arguments = ["/bin/nothing"] }?.code == .executableNotFound)
                #expect(
                    await code { $0.workingDirectory = "/no/where" }?.operation == "enter working directory /no/where"
                )
                #expect(await code { $0.user = .named("mallory") }?.code == .unknownUser)
                let names = try container.processes().map(\.name)
                #expect(names == ["sleep"])
            }
        }
    }

    @Test("can't be started in a container that is paused, created or stopped", .needsRoot)
    func states() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let container = try await runtime.create(rootFilesystem.configuration(["/bin/sleep", "1000"]))
            await #expect(throws: ContainerError.self) { try await container.execute(shell("true")) }
            try await container.start()
            try container.pause()
            let error = await #expect(throws: ContainerError.self) { try await container.execute(shell("true")) }
            #expect(error?.code == .invalidState)
            try container.resume()
            #expect(try await container.execute(shell("true")).wait() == .exited(0))
            try await container.kill()
            await #expect(throws: ContainerError.self) { try await container.execute(shell("true")) }
            try await container.delete()
        }
    }

    @Test("counts against the container's limits and dies with it")
    func limits() async throws {
        try await withRuntime { runtime, rootFilesystem in
            var configuration = rootFilesystem.configuration(["/bin/sleep", "1000"])
            configuration.resources.pids.limit = 3
            try await runtime.withContainer(configuration) { container in
                let program = try await container.execute(
                    ProcessConfiguration(["/bin/sleep", "1000"], environment: ["PATH=/bin"])
                )
                let error = await #expect(throws: ContainerError.self) { try await container.execute(shell("true")) }
                #expect(error?.operation == "enter the process namespace")
                try await container.kill()
                #expect(try await program.wait() == .signaled(.kill))
            }
        }
    }

    @Test("can be signalled, and its cancelled wait lets it go on")
    func signals() async throws {
        try await withRuntime { runtime, rootFilesystem in
            try await runtime.withContainer(rootFilesystem.configuration(["/bin/sleep", "1000"])) { container in
                let program = try await container.execute(shell("sleep 1000"))
                let waiting = Task { try await program.wait() }
                waiting.cancel()
                await #expect(throws: CancellationError.self) { try await waiting.value }
                #expect(program.status == nil)
                try program.send(.terminate)
                #expect(try await program.wait() == .signaled(.terminate))
                #expect(throws: ContainerError.self) { try program.send(.terminate) }
            }
        }
    }

    @Test("is found by another runtime in another process's way, by number and start time", .needsRoot)
    func found() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let other = try ContainerRuntime()
            let container = try await runtime.run(rootFilesystem.configuration(["/bin/sleep", "1000"]))
            var reference = try container.reference()
            let found = try other.find(reference)
            #expect(try await finish(found.execute(shell("echo hello"))).output == "hello\n")
            #expect(try found.processes().count == 1)
            try found.pause()
            #expect(try found.isPaused())
            try found.resume()
            #expect(try found.usage().pids.current == 1)
            reference.startTime += 1
            #expect(throws: ContainerError.self) { try other.find(reference) }
            try found.kill()
            try await found.waitUntilEnded()
            #expect(!found.isRunning)
            #expect(try await container.wait() == .signaled(.kill))
            try await container.delete()
            try await other.close()
        }
    }
}
