// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CLinux
import Glibc
import SystemPackage
import Testing

@testable import ContainerKit

@Suite("Users of the container's own, by one switch", .runsContainers, .needsRoot)
struct UserIsolationTests {
    private func mapped(_ rootFilesystem: TestRootFilesystem, _ script: String) -> ContainerConfiguration {
        var configuration = rootFilesystem.shell(script)
        configuration.isolateUsers()
        return configuration
    }

    @Test("root inside is nobody outside, and files keep their owners on the disk")
    func directory() async throws {
        try await withRuntime { runtime, rootFilesystem in
            var configuration = mapped(
                rootFilesystem,
                "id -u; stat -c %u /etc/passwd /home/mine; touch /tmp/new; echo ready; sleep 1000"
            )
            configuration.rootFilesystem = .directory(rootFilesystem.path)
            try rootFilesystem.write("", to: "home/mine")
            chown(rootFilesystem.path.appending("home/mine").string, 1000, 1000)
            let container = try await runtime.run(configuration)
            var lines: [String] = []
            for try await line in container.standardOutput.lines {
                if line == "ready" { break }
                lines.append(line)
            }
            #expect(lines == ["0", "0", "1000"])
            var status = stat()
            stat("/proc/\(container.processIdentifier)", &status)
            #expect(status.st_uid == 100_000)
            stat(rootFilesystem.path.appending("tmp/new").string, &status)
            #expect(status.st_uid == 0)
            try await container.kill()
            try await container.delete()
        }
    }

    @Test("an image's layers and what is written to them are root's inside, on the disk as without a map")
    func overlay() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let volume = rootFilesystem.directory.appending("volume")
            mkdir(volume.string, 0o755)
            var configuration = mapped(
                rootFilesystem,
                """
                id -u; stat -c %u /etc/passwd /bin/busybox; echo x >> /etc/group; touch /new; rm /etc/passwd; mkdir /deep
                stat -c %u /etc/group /new /deep; touch /data/file; stat -c %u /data/file; cat /proc/self/uid_map
                """
            )
            configuration.mounts.append(.bind(volume, at: "/data"))
            let seen = try await runtime.finish(configuration)
            #expect(seen.lines.prefix(7) == ["0", "0", "0", "0", "0", "0", "0"], "\(seen)")
            #expect(seen.lines.last?.split(separator: " ") == ["0", "100000", "65536"])
            let upper = rootFilesystem.directory.appending("upper")
            for file in [upper.appending("new"), upper.appending("etc/group"), volume.appending("file")] {
                var status = stat()
                #expect(stat(file.string, &status) == 0, "\(file)")
                #expect(status.st_uid == 0 && status.st_gid == 0, "\(file)")
            }
            // The host application is what it was before: another map, and then none, find the files as they left them.
            var other = rootFilesystem.shell("stat -c %u /new; ls /etc")
            other.identifier = "nestbox-other-map"
            other.isolateUsers(UserNamespace(mappings: [.init(inside: 0, outside: 300_000, count: 65_536)]))
            #expect(try await runtime.finish(other).lines == ["0", "group"])
            #expect(try await runtime.finish(rootFilesystem.shell("stat -c %u /new")).lines == ["0"])
        }
    }

    @Test("a mount that was prepared is attached as it is")
    func prepared() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let volume = rootFilesystem.directory.appending("volume")
            mkdir(volume.string, 0o755)
            let mount = try Descriptor.take(nestbox_open_tree(AT_FDCWD, volume.string, 1))
            let map = UserNamespace(mappings: [.init(inside: 0, outside: 100_000, count: 65_536)])
            let handle = try await runtime.launcher.userNamespace(map)
            try mount.map(by: handle, recursive: true)
            var configuration = rootFilesystem.shell("touch /data/file; stat -c %u /data/file")
            configuration.namespaces.user = map
            configuration.rootFilesystem = .directory(rootFilesystem.path)
            for name in ["proc", "sys", "dev", "data"] {
                try Shell.run(["mkdir", "-p", "\(rootFilesystem.path)/\(name)"])
            }
            configuration.mounts.append(.prepared(mount.borrowed, at: "/data"))
            #expect(try await runtime.finish(configuration).lines == ["0"])
            var status = stat()
            stat(volume.appending("file").string, &status)
            #expect(status.st_uid == 0)
        }
    }

    @Test("a volume is shared by containers of different maps")
    func volume() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let volume = rootFilesystem.directory.appending("volume")
            mkdir(volume.string, 0o755)
            for (index, first) in [UInt32(100_000), 300_000].enumerated() {
                var configuration = rootFilesystem.shell("echo \(index) >> /data/file; stat -c %u /data/file")
                configuration.identifier = "nestbox-map-\(index)"
                configuration.rootFilesystem = .directory(rootFilesystem.path)
                for name in ["proc", "sys", "dev", "data"] {
                    try Shell.run(["mkdir", "-p", "\(rootFilesystem.path)/\(name)"])
                }
                configuration.isolateUsers(UserNamespace(mappings: [.init(inside: 0, outside: first, count: 65_536)]))
                configuration.mounts.append(.bind(volume, at: "/data"))
                #expect(try await runtime.finish(configuration).lines == ["0"])
            }
            #expect(try FileDescriptor.text(volume.appending("file")) == "0\n1\n")
        }
    }

    @Test("a further program is in the same user namespace")
    func execution() async throws {
        try await withRuntime { runtime, rootFilesystem in
            var configuration = mapped(rootFilesystem, "sleep 1000")
            configuration.rootFilesystem = .directory(rootFilesystem.path)
            try await runtime.withContainer(configuration) { container in
                var process = ProcessConfiguration(
                    ["/bin/sh", "-c", "id -u; touch /root/x && echo can"],
                    environment: ["PATH=/bin"]
                )
                process.standardOutput = .stream
                let program = try await container.execute(process)
                let output = try await program.standardOutput.collect(upTo: 100)
                #expect(String(decoding: output, as: UTF8.self) == "0\ncan\n")
            }
        }
    }
}
