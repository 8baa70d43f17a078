// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import ContainerKit

@Suite("Bad input is its own error, and leaves nothing behind", .runsContainers)
struct BadInputTests {
    @Test("a missing program", arguments: ["/bin/nothing", "nothing"])
    func missingProgram(_ program: String) async throws {
        let error = try await launchError { configuration, _ in configuration.process.arguments = [program] }
        #expect(error?.code == .executableNotFound)
        #expect(error?.operation == "execute \(program)")
        #expect(error?.errno == .noSuchFileOrDirectory)
    }

    @Test("a file that may not be executed, a directory, and one that is no program")
    func notExecutable() async throws {
        let denied = try await launchError { configuration, _ in configuration.process.arguments = ["/etc/passwd"] }
        #expect(denied?.code == .notExecutable)
        #expect(denied?.errno == .permissionDenied)
        let directory = try await launchError { configuration, _ in configuration.process.arguments = ["/etc"] }
        #expect(directory?.code == .notExecutable)
        let garbage = try await launchError { configuration, rootFilesystem in
            try rootFilesystem.write("no program", to: "bin/garbage", mode: 0o755)
            configuration.process.arguments = ["/bin/garbage"]
        }
        #expect(garbage?.code == .notExecutable)
        #expect(garbage?.errno == .execFormatError)
    }

    @Test("an unknown user and an unknown group", arguments: ["mallory", "mallory:users", "alice:nobody-knows"])
    func unknownUser(_ user: String) async throws {
        let error = try await launchError { configuration, _ in configuration.process.user = .named(user) }
        #expect(error?.code == .unknownUser)
        #expect(error?.path == (user.hasPrefix("alice") ? "/etc/group" : "/etc/passwd"))
    }

    @Test("a file of accounts that is no file can't hold the host up")
    func hostileAccounts() async throws {
        let error = try await launchError { configuration, rootFilesystem in
            unlink(rootFilesystem.path.appending("etc/passwd").string)
            mkfifo(rootFilesystem.path.appending("etc/passwd").string, 0o666)
            configuration.process.user = .named("alice")
        }
        #expect(error?.code == .unknownUser)
        let outside = try await launchError { configuration, rootFilesystem in
            unlink(rootFilesystem.path.appending("etc/passwd").string)
            symlink("/etc/passwd", rootFilesystem.path.appending("etc/passwd").string)
            configuration.process.user = .named("root")
        }
        #expect(outside?.code == .unknownUser)
    }

    @Test("a root filesystem that is not there, or no directory")
    func rootFilesystem() async throws {
        let missing = try await launchError { configuration, rootFilesystem in
            configuration.rootFilesystem = .directory(rootFilesystem.directory.appending("nowhere"))
        }
        #expect(missing?.code == .rootFilesystem)
        #expect(missing?.errno == .noSuchFileOrDirectory)
        let file = try await launchError { configuration, rootFilesystem in
            configuration.rootFilesystem = .directory(rootFilesystem.path.appending("etc/passwd"))
        }
        #expect(file?.errno == .notDirectory)
        let layer = try await launchError { configuration, rootFilesystem in
            configuration.rootFilesystem = .overlay(layers: [rootFilesystem.path, "/no/such/layer"], writable: nil)
        }
        #expect(layer?.code == .rootFilesystem)
        #expect(layer?.path == "/no/such/layer")
    }

    @Test("a bind mount of nothing, of a file on a directory, and of no device")
    func mounts() async throws {
        let missing = try await launchError { configuration, _ in
            configuration.mounts.append(.bind("/no/such/source", at: "/data"))
        }
        #expect(missing?.code == .mount)
        #expect(missing?.path == "/no/such/source")
        let mismatch = try await launchError { configuration, rootFilesystem in
            configuration.mounts.append(.bind(rootFilesystem.path.appending("etc/passwd"), at: "/tmp"))
        }
        #expect(mismatch?.code == .mount)
        #expect(mismatch?.path == "/tmp")
        let device = try await launchError { configuration, _ in
            configuration.devices.append(DeviceNode("/etc/passwd", at: "/dev/passwd"))
        }
        #expect(device?.code == .mount)
    }

    @Test("the kernel's own words on a filesystem it does not make")
    func filesystem() async throws {
        let error = try await launchError { configuration, _ in
            configuration.mounts.append(
                Mount(
                    .filesystem(type: "tmpfs", options: [.init("nonsense", "1")]),
                    at: "/data",
                    options: .confined
                )
            )
        }
        #expect(error?.code == .mount)
        #expect(error?.message.contains("nonsense") == true)
        let unknown = try await launchError { configuration, _ in
            configuration.mounts.append(Mount(.filesystem(type: "nofs", options: []), at: "/data", options: .confined))
        }
        #expect(unknown?.errno == .operationNotSupportedByDevice)
    }

    @Test("a limit that the kernel refuses to raise")
    func resourceLimit() async throws {
        let error = try await launchError { configuration, _ in
            configuration.process.resourceLimits = [ResourceLimit(.openFiles, soft: 1 << 40)]
        }
        #expect(error?.code == .process)
        #expect(error?.operation == "limit nofile")
    }

    @Test("a namespace file that is none")
    func namespaces() async throws {
        let missing = try await launchError { configuration, _ in
            configuration.namespaces.network = .join("/proc/self/ns/nothing")
        }
        #expect(missing?.code == .namespace)
        let wrong = try await launchError { configuration, _ in
            configuration.namespaces.network = .join("/proc/self/ns/uts")
        }
        #expect(wrong?.code == .namespace)
        #expect(wrong?.operation == "join net namespace")
    }
}
