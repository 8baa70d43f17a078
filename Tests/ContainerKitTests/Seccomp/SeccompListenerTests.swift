// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CLinux
import Glibc
import SystemPackage
import Testing

@testable import ContainerKit

@Suite("Calls that are put to an agent", .runsContainers)
struct SeccompListenerTests {
    /// Waits for one listener; gives the state that came with it, and closes the listener, which answers ENOSYS.
    private func serve(_ path: String) throws -> CInt {
        let server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { bytes in bytes.copyBytes(from: Array(path.utf8)) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(server, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, listen(server, 1) == 0 else { throw Errno(rawValue: errno) }
        return server
    }

    @Test("reach it with the container's state; without an answer they fail")
    func listener() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let path = rootFilesystem.directory.appending("agent").string
            let server = try serve(path)
            defer { close(server) }
            var profile = SeccompProfile(defaultAction: .allow, listenerPath: path, listenerMetadata: "for the agent")
            profile.syscalls = [.init(names: ["mkdir", "mkdirat"], action: .notify)]
            var configuration = rootFilesystem.shell("mkdir /tmp/made || echo failed")
            configuration.seccomp = .custom(profile)
            let container = try await runtime.run(configuration)
            let connection = accept(server, nil, nil)
            let listener = nestbox_receive_descriptor(connection)
            #expect(listener >= 0)
            var text = [UInt8](repeating: 0, count: 4096)
            let count = read(connection, &text, text.count)
            let state = String(decoding: text[..<max(0, count)], as: UTF8.self)
            #expect(
                state.contains("\"metadata\":\"for the agent\"")
                    && state.contains("\"pid\":\(container.processIdentifier)")
            )
            close(listener)
            close(connection)
            let output = try await container.standardOutput.collect(upTo: 100)
            #expect(String(decoding: output, as: UTF8.self) == "failed\n")
            try await container.wait()
            try await container.delete()
        }
    }

    @Test("need an agent, and can't be those that the launch makes")
    func refusals() async throws {
        func code(_ profile: SeccompProfile) async throws -> ContainerError.Code? {
            try await launchError { configuration, _ in configuration.seccomp = .custom(profile) }?.code
        }
        let rule = SeccompProfile.Syscall(names: ["mkdir"], action: .notify)
        #expect(try await code(.init(defaultAction: .allow, syscalls: [rule])) == .invalidConfiguration)
        let own = SeccompProfile.Syscall(names: ["sendmsg"], action: .notify)
        let profile = SeccompProfile(defaultAction: .allow, listenerPath: "/tmp/nobody", syscalls: [own])
        #expect(try await code(profile) == .invalidConfiguration)
        let absent = SeccompProfile(defaultAction: .allow, listenerPath: "/no/such/agent", syscalls: [rule])
        #expect(try await code(absent) == .seccomp)
    }
}
