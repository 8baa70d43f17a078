// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import ContainerKit

@Suite("Mount namespaces that are joined", .runsContainers, .needsRoot)
struct JoinedMountTests {
    private static let mounting = ProcessCapabilities(CapabilitySet.docker.union(CapabilitySet(.sysAdmin)))

    /// A container whose mount namespace has a file in memory that is nowhere else.
    private func withHolder(_ body: (ContainerRuntime, TestRootFilesystem, Container) async throws -> Void) async throws
    {
        try await withRuntime { runtime, rootFilesystem in
            var holder = rootFilesystem.shell("echo here > /only/file; exec sleep 1234")
            holder.mounts.append(Mount(.filesystem(type: "tmpfs", options: []), at: "/only", options: []))
            holder.process.capabilities = Self.mounting
            holder.seccomp = .unconfined
            let container = try await runtime.run(holder)
            for _ in 0..<500 where access("/proc/\(container.processIdentifier)/root/only/file", F_OK) != 0 {
                try await Task.sleep(for: .milliseconds(10))
            }
            try await body(runtime, rootFilesystem, container)
            try await container.kill()
            try await container.delete()
        }
    }

    private func joining(_ holder: Container, _ script: String) -> ContainerConfiguration {
        var process = ProcessConfiguration(["/bin/sh", "-c", script], output: .stream, error: .stream)
        process.environment = ["PATH=/bin"]
        var configuration = ContainerConfiguration(rootFilesystem: .directory("/"), process: process)
        configuration.namespaces.joinedMount = FilePath("/proc/\(holder.processIdentifier)/ns/mnt")
        return configuration
    }

    private func mounts(of container: Container) throws -> String {
        try FileDescriptor.text(FilePath("/proc/\(container.processIdentifier)/mountinfo"))
    }

    private func namespace(of container: Container) -> String {
        var text = [CChar](repeating: 0, count: 64)
        let count = readlink("/proc/\(container.processIdentifier)/ns/mnt", &text, 63)
        return String(decoding: text.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func output(of process: ContainerProcess) async throws -> String {
        let bytes = try await process.standardOutput.collect(upTo: 1 << 16)
        _ = try await process.wait()
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("the program is in it and sees what is only there, and so does a further one; its mounts stay as they were")
    func joins() async throws {
        try await withHolder { runtime, _, holder in
            let before = try mounts(of: holder)
            #expect(before.contains(" /only "))
            var configuration = joining(holder, "cat /only/file /mine/file; readlink /proc/self/ns/mnt; read line")
            configuration.process.standardInput = .stream
            configuration.mounts.append(Mount(.filesystem(type: "tmpfs", options: []), at: "/only/mine", options: []))
            configuration.mounts.append(Mount(.bind("/only", recursive: false), at: "/mine", options: []))
            let second = try await runtime.run(configuration)
            #expect(namespace(of: second) == namespace(of: holder))
            let further = try await second.execute(
                ProcessConfiguration(["/bin/sh", "-c", "cat /mine/file; ls /only; pwd"], output: .stream)
            )
            #expect(try await output(of: further) == "here\nfile\nmine\n/\n")
            // The container's own mounts are seen by itself alone, also while it runs.
            #expect(try mounts(of: holder) == before)
            try await second.standardInput.write("\n".utf8)
            let lines = String(decoding: try await second.standardOutput.collect(upTo: 1 << 16), as: UTF8.self)
            #expect(lines == "here\nhere\n\(namespace(of: holder))\n")
            #expect(try await second.wait() == .exited(0))
            try await second.delete()
            #expect(try mounts(of: holder) == before)
        }
    }

    @Test("what is masked, read-only or made in memory holds in it as elsewhere")
    func confines() async throws {
        try await withHolder { runtime, _, holder in
            var configuration = joining(
                holder,
                "cat /only/file | wc -c; touch /tmp/x || echo sealed; echo y > /dev/shm/y && cat /dev/shm/y"
            )
            configuration.maskedPaths.append("/only/file")
            configuration.rootFilesystem.isReadOnly = true
            let finished = try await runtime.finish(configuration)
            #expect(finished.lines == ["0", "sealed", "y"], "\(finished)")
        }
    }

    @Test("with its own root and no mounts the program sees what is mounted there later")
    func lives() async throws {
        try await withHolder { runtime, _, holder in
            var configuration = joining(holder, "exec sleep 1000")
            configuration.mounts = []
            configuration.maskedPaths = []
            configuration.readOnlyPaths = []
            let second = try await runtime.run(configuration)
            var change = ProcessConfiguration(
                ["/bin/sh", "-c", "mkdir /later && mount -t tmpfs none /later && echo new > /later/file"],
                output: .stream
            )
            change.capabilities = Self.mounting
            #expect(try await output(of: try await holder.execute(change)) == "")
            let look = ProcessConfiguration(["/bin/cat", "/later/file", "/only/file"], output: .stream)
            #expect(try await output(of: try await second.execute(look)) == "new\nhere\n")
            try await second.kill()
            try await second.delete()
        }
    }

    @Test(
        "a file that is missing or stands for something else is refused by name before anything is made",
        arguments: [
            ("/proc/self/ns/net", "it is the file of a net namespace"), ("/etc/hostname", "it is no namespace's file"),
            ("/nowhere/mnt", "can't be joined"),
        ]
    )
    func refused(path: String, reason: String) async throws {
        let error = try await launchError { configuration, _ in
            configuration.namespaces.joinedMount = FilePath(path)
            // It is looked at first: this root, which is not there either, is never come to.
            configuration.rootFilesystem = .directory("/nowhere/root")
        }
        #expect(error?.code == .namespace)
        #expect(error?.path == FilePath(path))
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }

    @Test("another kind of namespace is told apart, too")
    func otherKinds() async throws {
        let error = try await launchError { configuration, _ in
            configuration.namespaces.ipc = .join("/proc/self/ns/uts")
        }
        #expect(error?.code == .namespace)
        #expect(error?.description.contains("it is the file of a uts namespace") == true)
    }

    @Test("users of the container's own have no rights over it, which is said")
    func users() async throws {
        let error = try await launchError { configuration, _ in
            configuration.namespaces.joinedMount = "/proc/self/ns/mnt"
            configuration.namespaces.user = UserNamespace(mappings: [.init(inside: 0, outside: 100_000, count: 65_536)])
        }
        #expect(error?.code == .invalidConfiguration)
    }
}
