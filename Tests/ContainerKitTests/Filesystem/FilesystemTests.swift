// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import ContainerKit

@Suite("A container's filesystem", .runsContainers)
struct FilesystemTests {
    @Test("the root is the given one, and the host's is out of sight")
    func root() async throws {
        let seen = try await lines(of: "ls /; grep -c ' / / ' /proc/self/mountinfo; ls /../../..")
        #expect(seen == ["bin", "dev", "etc", "home", "proc", "root", "sys", "tmp", "1"] + seen.prefix(8))
    }

    @Test("an overlay takes the changes, its layers none")
    func overlay() async throws {
        try await withRuntime { runtime, rootFilesystem in
            _ = try await runtime.finish(rootFilesystem.shell("echo new > /etc/group; rm /etc/passwd; ls /etc"))
            #expect(access(rootFilesystem.path.appending("etc/passwd").string, F_OK) == 0)
            #expect(access(rootFilesystem.directory.appending("upper/etc/group").string, F_OK) == 0)
        }
    }

    @Test("layers lie on each other, the first one on top")
    func layers() async throws {
        let seen = try await lines(of: "cat /etc/which /etc/only") { configuration, rootFilesystem in
            let directory = rootFilesystem.directory
            for (name, text) in [("above", "above"), ("below", "below")] {
                mkdir(directory.appending(name).string, 0o755)
                mkdir(directory.appending("\(name)/etc").string, 0o755)
                try Shell.run(["sh", "-c", "echo \(text) > \(directory)/\(name)/etc/which"])
            }
            try Shell.run(["sh", "-c", "echo lower > \(directory)/below/etc/only"])
            configuration.rootFilesystem = .overlay(
                layers: [directory.appending("above"), directory.appending("below"), rootFilesystem.path],
                writable: .init(upper: directory.appending("upper"), work: directory.appending("work"))
            )
        }
        #expect(seen == ["above", "lower"])
    }

    @Test("a layer's path may be longer than the kernel's option", .needsRoot)
    func longPaths() async throws {
        let seen = try await lines(of: "cat /etc/deep") { configuration, rootFilesystem in
            var path = rootFilesystem.directory
            for _ in 0..<8 { path.append(String(repeating: "x", count: 60)) }
            try Shell.run(["mkdir", "-p", path.appending("etc").string])
            try Shell.run(["sh", "-c", "echo deep > \(path)/etc/deep"])
            configuration.rootFilesystem = .overlay(
                layers: [path, rootFilesystem.path],
                writable: .init(
                    upper: rootFilesystem.directory.appending("upper"),
                    work: rootFilesystem.directory.appending("work")
                )
            )
        }
        #expect(seen == ["deep"])
    }

    @Test("a read-only root can't be written, mounts in it can")
    func readOnly() async throws {
        let seen = try await lines(of: "touch /x 2>/dev/null || echo refused; touch /tmp/y && echo written") {
            configuration,
            rootFilesystem in
            configuration.rootFilesystem = .directory(rootFilesystem.path, isReadOnly: true)
            configuration.mounts.append(.temporary(at: "/tmp"))
            for name in ["proc", "sys", "dev"] { mkdir(rootFilesystem.path.appending(name).string, 0o755) }
        }
        #expect(seen == ["refused", "written"])
    }

    @Test("the standard mounts are there, with Docker's options", .needsRoot)
    func standardMounts() async throws {
        let seen = try await lines(
            of: "while read a target type options rest; do echo $target $type $options; done < /proc/mounts"
        )
        func options(_ target: String) -> Set<Substring> {
            let line = seen.first { $0.hasPrefix(target + " ") }
            return Set(line?.split(separator: " ").last?.split(separator: ",") ?? [])
        }
        #expect(options("/proc").isSuperset(of: ["rw", "nosuid", "nodev", "noexec"]))
        #expect(options("/dev").isSuperset(of: ["rw", "nosuid", "noexec", "size=65536k", "mode=755"]))
        #expect(options("/dev/pts").isSuperset(of: ["nosuid", "noexec", "gid=5", "mode=620", "ptmxmode=666"]))
        #expect(options("/dev/shm").isSuperset(of: ["nosuid", "nodev", "noexec", "size=65536k"]))
        #expect(options("/dev/mqueue").isSuperset(of: ["nosuid", "nodev", "noexec"]))
        #expect(options("/sys").isSuperset(of: ["ro", "nosuid", "nodev", "noexec"]))
        #expect(options("/sys/fs/cgroup").isSuperset(of: ["ro", "nosuid", "nodev", "noexec"]))
    }

    @Test("the standard devices work")
    func devices() async throws {
        let seen = try await lines(
            of: """
                echo gone > /dev/null; head -c 3 /dev/zero | wc -c; head -c 3 /dev/urandom | wc -c
                head -c 3 /dev/random | wc -c; dd if=/dev/zero of=/dev/full bs=1 count=1 2>/dev/null || echo full
                for l in fd stdin stdout stderr core ptmx; do readlink /dev/$l; done
                stat -c '%t:%T %a' /dev/null /dev/tty
                """
        )
        #expect(
            seen == [
                "3", "3", "3", "full", "/proc/self/fd", "/proc/self/fd/0", "/proc/self/fd/1", "/proc/self/fd/2",
                "/proc/kcore", "pts/ptmx", "1:3 666", "5:0 666",
            ]
        )
    }

    @Test("a device node that the container makes is dead, wherever it makes it", .needsRoot)
    func ownNodes() async throws {
        let seen = try await lines(
            of: """
                for d in / /dev /dev/shm /tmp /data; do
                    mknod $d/disk b 254 0 || echo "no node"; head -c 1 $d/disk >/dev/null 2>&1 && echo "READ IN $d"
                    mknod $d/null2 c 1 3; (echo x > $d/null2) 2>/dev/null && echo "WRITTEN IN $d"
                done; echo done
                """
        ) { configuration, rootFilesystem in
            mkdir(rootFilesystem.directory.appending("data").string, 0o777)
            configuration.mounts.append(.temporary(at: "/tmp"))
            configuration.mounts.append(.bind(rootFilesystem.directory.appending("data"), at: "/data"))
        }
        #expect(seen == ["done"])
    }

    @Test("masked paths show nothing, read-only paths take nothing")
    func maskedPaths() async throws {
        let seen = try await lines(
            of: """
                cat /proc/kcore | wc -c; cat /proc/keys | wc -c; ls /proc/scsi | wc -l; ls /sys/firmware | wc -l
                cat /proc/timer_list | wc -c; cat /etc/secret | wc -c; ls /etc/private | wc -l
                (echo 1 > /proc/sys/kernel/core_uses_pid) 2>/dev/null || echo refused
                (echo h > /proc/sysrq-trigger) 2>/dev/null || echo refused
                (echo x > /etc/fixed/file) 2>/dev/null || echo refused
                """
        ) { configuration, rootFilesystem in
            try rootFilesystem.write("secret", to: "etc/secret")
            for name in ["etc/private", "etc/private/inside", "etc/fixed"] {
                mkdir(rootFilesystem.path.appending(name).string, 0o755)
            }
            configuration.maskedPaths += ["/etc/secret", "/etc/private", "/no/such/path"]
            configuration.readOnlyPaths += ["/etc/fixed", "/no/such/path"]
        }
        #expect(seen == ["0", "0", "0", "0", "0", "0", "0", "refused", "refused", "refused"])
    }

    @Test("bind mounts show the host's directory, writable or not, files too")
    func binds() async throws {
        let seen = try await lines(
            of: """
                cat /data/a/from-host /etc/one-file; echo back > /data/a/from-container
                (echo x > /fixed/x) 2>/dev/null || echo refused
                """
        ) { configuration, rootFilesystem in
            let data = rootFilesystem.directory.appending("data")
            try Shell.run(["mkdir", "-p", data.string])
            try Shell.run(["sh", "-c", "echo hello > \(data)/from-host"])
            configuration.mounts += [
                .bind(data, at: "/data/a"), .bind(data, at: "/fixed", options: .readOnly),
                .bind(data.appending("from-host"), at: "/etc/one-file"),
            ]
        }
        #expect(seen == ["hello", "hello", "refused"])
    }

    @Test("what is mounted below a bind mount's source comes along or not", .needsRoot)
    func recursive() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let data = rootFilesystem.directory.appending("data")
            try Shell.run(["mkdir", "-p", data.appending("inner").string])
            try Shell.run(["mount", "-t", "tmpfs", "tmpfs", data.appending("inner").string])
            defer { _ = try? Shell.run(["umount", data.appending("inner").string]) }
            try Shell.run(["touch", data.appending("inner/file").string])
            var configuration = rootFilesystem.shell(
                "ls /deep/inner /flat/inner; (touch /deep/inner/x) 2>/dev/null || echo refused"
            )
            configuration.mounts += [
                .bind(data, at: "/deep", options: .readOnly), .bind(data, at: "/flat", recursive: false),
            ]
            #expect(
                try await runtime.finish(configuration).lines
                    == ["/deep/inner:", "file", "", "/flat/inner:", "refused"]
                    .filter { !$0.isEmpty }
            )
        }
    }

    @Test("a mount made on the host later appears in a slave bind mount only", .needsRoot)
    func propagation() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let data = rootFilesystem.directory.appending("data")
            try Shell.run(["mkdir", "-p", data.appending("late").string])
            try Shell.run(["mount", "-t", "tmpfs", "tmpfs", data.string])
            defer { _ = try? Shell.run(["umount", "-R", data.string]) }
            try Shell.run(["mount", "--make-shared", data.string])
            try Shell.run(["mkdir", data.appending("late").string])
            var configuration = rootFilesystem.shell("echo ready; cat; ls /slave/late /private/late")
            configuration.process.standardInput = .stream
            configuration.mounts += [
                .bind(data, at: "/slave", options: .slave), .bind(data, at: "/private"),
            ]
            let seen = try await runtime.withContainer(configuration) { container in
                var lines = container.standardOutput.lines.makeAsyncIterator()
                _ = try await lines.next()
                try Shell.run(["mount", "-t", "tmpfs", "tmpfs", data.appending("late").string])
                try Shell.run(["touch", data.appending("late/file").string])
                container.standardInput.finish()
                var seen: [String] = []
                while let line = try await lines.next() { seen.append(line) }
                return seen
            }
            #expect(seen == ["/private/late:", "", "/slave/late:", "file"])
        }
    }

    @Test("links inside the image are followed, but never out of it")
    func linksInside() async throws {
        let seen = try await lines(of: "ls /run/data; ls /var/run/data; ls -d /run/made/deep") {
            configuration,
            rootFilesystem in
            for name in ["run", "var", "run/data"] { mkdir(rootFilesystem.path.appending(name).string, 0o755) }
            symlink("/run", rootFilesystem.path.appending("var/run").string)
            let data = rootFilesystem.directory.appending("data")
            try Shell.run(["mkdir", "-p", data.string])
            try Shell.run(["touch", data.appending("file").string])
            configuration.mounts += [.bind(data, at: "/var/run/data"), .bind(data, at: "/var/run/made/deep")]
        }
        #expect(seen == ["file", "file", "/run/made/deep"])
    }

    @Test(
        "a mount target that is a link out of the root is refused, and nothing is made outside",
        arguments: ["/nestbox-outside", "../../../../../../nestbox-outside", "/tmp/../../nestbox-outside/x", "/etc"]
    )
    func linksOutside(_ destination: String) async throws {
        let error = try await launchError { configuration, rootFilesystem in
            symlink(destination, rootFilesystem.path.appending("data").string)
            configuration.mounts.append(.temporary(at: "/data"))
        }
        #expect(error?.code == .mountTargetEscapes)
        #expect(error?.path == "/data")
        #expect(access("/nestbox-outside", F_OK) == -1)
    }

    @Test("a mount through a link to nowhere makes no directories outside")
    func danglingParent() async throws {
        let error = try await launchError { configuration, rootFilesystem in
            symlink("/nestbox-outside/deep", rootFilesystem.path.appending("data").string)
            configuration.mounts.append(.temporary(at: "/data/below"))
        }
        #expect(error?.code == .mountTargetEscapes)
        #expect(access("/nestbox-outside", F_OK) == -1)
    }

    @Test("the container's mounts never show on the host")
    func hostMounts() async throws {
        try await withRuntime { runtime, rootFilesystem in
            try await runtime.withContainer(rootFilesystem.shell("sleep 1000")) { _ in
                let mounts = try FileDescriptor.text("/proc/self/mountinfo")
                #expect(!mounts.contains(rootFilesystem.directory.string))
            }
        }
    }
}
