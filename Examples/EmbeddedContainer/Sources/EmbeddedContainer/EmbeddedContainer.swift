// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit

/// A program that runs another one in a container, with no daemon, no image and no helper beside it.
@main
struct EmbeddedContainer {
    static func main() async throws {
        let runtime = try ContainerRuntime()
        var configuration = ContainerConfiguration(
            rootFilesystem: .directory("/", isReadOnly: true),
            process: ProcessConfiguration(["/bin/sh", "-c", script], output: .stream)
        )
        configuration.hostName = "embedded"
        configuration.resources.memory.limit = .mebibytes(64)
        configuration.resources.pids.limit = 16

        try await runtime.withContainer(configuration) { container in
            for try await line in container.standardOutput.lines {
                print("container:", line)
            }
            print("the container's program \(try await container.wait())")
        }
        try await runtime.close()
    }

    /// What the container can see of itself.
    private static let script = """
        echo "host name: $(cat /proc/sys/kernel/hostname)"
        echo "process number: $$"
        echo "network interfaces: $(ls /sys/class/net)"
        touch /tmp/file 2>/dev/null || echo "the root filesystem is read-only"
        """
}
