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
}
