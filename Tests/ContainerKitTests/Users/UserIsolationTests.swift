// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import ContainerKit

@Suite("Users of the container's own, by one switch", .runsContainers)
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
