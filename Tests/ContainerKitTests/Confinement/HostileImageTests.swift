// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Synchronization
import SystemPackage
import Testing

@testable import ContainerKit

@Suite("Ways out that others have had", .runsContainers)
struct HostileImageTests {
    @Test("CVE-2019-5736: a program that is /proc/self/exe executes nothing of the host's, and can't overwrite it")
    func ownExecutable() async throws {
        for interpreter in ["#!/proc/self/exe\n", "#!/proc/self/exe --help\n"] {
            let error = try await launchError { configuration, rootFilesystem in
                try rootFilesystem.write(interpreter, to: "bin/trap", mode: 0o755)
                configuration.process.arguments = ["/bin/trap"]
            }
            // Whatever the kernel makes of it, it is not this test's program that runs.
            #expect(error == nil || error?.code == .notExecutable || error?.code == .executableNotFound)
        }
        let seen = try await lines(
            of: "readlink /proc/1/exe; (echo x > /proc/1/exe) 2>/dev/null || echo refused"
        ) { configuration, _ in configuration.runsInit = true }
        #expect(seen.first?.contains("nestbox-stage") == true)
        #expect(seen.last == "refused")
    }

    @Test("CVE-2024-21626: no descriptor of the host is a way to a working directory outside", arguments: 0..<12)
    func workingDirectory(_ number: Int) async throws {
        let error = try await launchError { configuration, _ in
            configuration.process.workingDirectory = FilePath("/proc/self/fd/\(number)")
        }
        #expect(error != nil)
    }

    @Test(
        "CVE-2019-19921, CVE-2023-27561: /proc, /sys or /dev that is a link is refused",
        arguments: ["proc", "sys", "dev"]
    )
    func kernelLinks(_ name: String) async throws {
        let error = try await launchError { configuration, rootFilesystem in
            configuration.rootFilesystem = .directory(rootFilesystem.path)
            for other in ["proc", "sys", "dev"] where other != name {
                try Shell.run(["mkdir", "-p", "\(rootFilesystem.path)/\(other)"])
            }
            symlink("/tmp/elsewhere", rootFilesystem.path.appending(name).string)
        }
        #expect(error?.code == .mountTargetEscapes || error?.code == .mount)
    }

    @Test("CVE-2025-31133: a /dev/null that the image brings masks nothing; the host's is used")
    func falseNull() async throws {
        let seen = try await lines(of: "stat -c %t:%T /dev/null; cat /proc/kcore | wc -c") {
            configuration,
            rootFilesystem in
            try Shell.run(["mkdir", "-p", "\(rootFilesystem.path)/dev"])
            symlink("/proc/sysrq-trigger", rootFilesystem.path.appending("dev/null").string)
            configuration.rootFilesystem = .directory(rootFilesystem.path)
            for other in ["proc", "sys"] { try Shell.run(["mkdir", "-p", "\(rootFilesystem.path)/\(other)"]) }
        }
        #expect(seen == ["1:3", "0"])
    }

    @Test("CVE-2025-52881: what is written to /proc goes there, whatever the image has in its place")
    func redirectedWrites() async throws {
        let seen = try await lines(
            of:
                "cat /proc/sys/net/core/somaxconn; cat /proc/self/oom_score_adj; cat /fake/sys/net/core/somaxconn 2>/dev/null || echo untouched"
        ) {
            configuration,
            rootFilesystem in
            try Shell.run(["mkdir", "-p", "\(rootFilesystem.path)/fake/self"])
            configuration.kernelParameters = ["net.core.somaxconn": "77"]
            configuration.process.oomScoreAdjustment = 77
        }
        #expect(seen == ["77", "77", "untouched"])
    }

    @Test("CVE-2022-0492: a release agent can't be set, nor a v1 hierarchy mounted")
    func releaseAgent() async throws {
        let script = """
            for f in /sys/fs/cgroup/*/release_agent /sys/fs/cgroup/release_agent; do
                [ -e $f ] && (echo /bin/sh > $f) 2>/dev/null && echo written
            done
            mkdir /tmp/c && mount -t cgroup -o memory cgroup /tmp/c 2>/dev/null && echo mounted
            (echo 1 > /sys/fs/cgroup/memory/notify_on_release) 2>/dev/null && echo noted
            echo end
            """
        #expect(try await lines(of: script) == ["end"])
    }

    @Test("new mounts, user namespaces and keys are refused by the default profile, by whichever call")
    func refusedCalls() async throws {
        let script = """
            unshare -U true 2>/dev/null && echo user-namespace
            unshare -m true 2>/dev/null && echo mount-namespace
            mount -t tmpfs x /tmp 2>/dev/null && echo mount
            grep Seccomp: /proc/self/status
            """
        #expect(try await lines(of: script) == ["Seccomp:\t2"])
    }

    @Test("CVE-2020-15257: no socket of the host's abstract names is in reach")
    func abstractSockets() async throws {
        let server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(server) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = "nestbox-abstract-\(getpid())"
        withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            for (index, byte) in name.utf8.enumerated() { bytes[index + 1] = byte }
        }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + 1 + name.utf8.count)
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(server, $0, length) }
        }
        #expect(bound == 0 && listen(server, 1) == 0)
        #expect(try FileDescriptor.text("/proc/net/unix").contains("@" + name))
        #expect(try await lines(of: "grep -c nestbox-abstract /proc/net/unix; true") == ["0"])
    }

    @Test("CVE-2021-30465: a target that another container swaps for a link meanwhile leads no mount outside")
    func swappedTarget() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let directory = rootFilesystem.directory
            for name in ["volume", "volume/a", "outside"] { mkdir(directory.appending(name).string, 0o755) }
            symlink("../../../../../../../../..\(directory)/outside", directory.appending("volume/link").string)
            let places = ["a", "link", "spare"].map { directory.appending("volume/\($0)").string }
            let swapping = Swapping()
            // What the second container would do, as fast as it can be done.
            try NativeThread.start("nestbox-swap") {
                while !swapping.isOver.load(ordering: .relaxed) {
                    rename(places[0], places[2])
                    rename(places[1], places[0])
                    rename(places[0], places[1])
                    rename(places[2], places[0])
                    swapping.count.add(1, ordering: .relaxed)
                }
                swapping.isOver.store(false, ordering: .relaxed)
            }
            for number in 0..<60 {
                var configuration = rootFilesystem.shell("echo x > /v/a/marker")
                configuration.identifier = "nestbox-swap-\(number)"
                configuration.mounts += [.bind(directory.appending("volume"), at: "/v"), .temporary(at: "/v/a")]
                // It may be refused, or be mounted where it belongs.
                _ = try? await runtime.finish(configuration)
                #expect(access(directory.appending("outside/marker").string, F_OK) != 0)
            }
            swapping.isOver.store(true, ordering: .relaxed)
            while swapping.isOver.load(ordering: .relaxed) { try await Task.sleep(for: .milliseconds(1)) }
            #expect(swapping.count.load(ordering: .relaxed) > 100)
            #expect(try !FileDescriptor.text("/proc/self/mountinfo").contains(directory.string))
        }
    }

    @Test("CVE-2022-29162: nothing is inheritable unless asked for, in a further program neither")
    func inheritable() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let script = "grep CapInh /proc/self/status"
            try await runtime.withContainer(rootFilesystem.shell("\(script); sleep 1000")) { container in
                var lines = container.standardOutput.lines.makeAsyncIterator()
                #expect(try await lines.next() == "CapInh:\t0000000000000000")
                var process = ProcessConfiguration(["/bin/sh", "-c", script], environment: ["PATH=/bin"])
                process.standardOutput = .stream
                let output = try await container.execute(process).standardOutput.collect(upTo: 100)
                #expect(String(decoding: output, as: UTF8.self) == "CapInh:\t0000000000000000\n")
            }
        }
    }

    @Test(
        "names with separators are refused before anything is made",
        arguments: ["../x", "a/b", ".hidden", "", "a\0b"]
    )
    func names(_ name: String) {
        var configuration = ContainerConfiguration(
            rootFilesystem: .directory("/srv"),
            process: ProcessConfiguration(["/bin/true"])
        )
        configuration.identifier = name
        #expect(throws: ContainerError.self) { try configuration.validate() }
    }
}

/// What the test and its other container tell each other.
private final class Swapping: Sendable {
    let isOver = Atomic(false)
    let count = Atomic(0)
}
