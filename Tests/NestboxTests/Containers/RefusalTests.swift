// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import ContainerNetwork
import Glibc
import SystemPackage
import Testing
import VolumeStore

@testable import Nestbox

@Suite("What can't run leaves nothing behind", .runsContainers)
struct RefusalTests {
    /// A specification that can't run, and what the error is.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var code: NestboxError.Code
        var change: @Sendable (inout ContainerSpecification) throws -> Void

        init(
            _ description: String,
            _ code: NestboxError.Code,
            _ change: @escaping @Sendable (inout ContainerSpecification) throws -> Void
        ) {
            testDescription = description
            self.code = code
            self.change = change
        }
    }

    static let cases = [
        Case("no such image", .imageNotFound) { $0.image = "nosuch" },
        Case("no such program", .executableNotFound) { $0.command = ["nosuch"] },
        Case("a file that is no program", .notExecutable) { $0.command = ["/etc/passwd"] },
        Case("an unknown user", .invalidSpecification) { $0.user = "nobody-here" },
        Case("a relative working directory", .invalidSpecification) { $0.workingDirectory = "tmp" },
        Case("an over-long host name", .invalidSpecification) { $0.hostName = String(repeating: "h", count: 65) },
        Case("a name that is a path", .invalidSpecification) { $0.name = "../x" },
        Case("a memory limit below the least", .invalidSpecification) { $0.limits.memory = 1024 },
        Case("a signal that there is none of", .invalidSpecification) { $0.stopSignal = "SIGNONE" },
        Case("a missing host directory", .invalidSpecification) { $0.volumes = [try VolumeAttachment("/nosuch:/x")] },
        Case("a volume name that is a path", .volume) { $0.volumes = [VolumeAttachment(.named("../x"), at: "/x")] },
        Case("a capability that there is none of", .invalidSpecification) {
            $0.security.addedCapabilities = ["NOSUCH"]
        },
        Case("a seccomp profile without a default", .invalidSpecification) {
            $0.security.options = [#"seccomp={"syscalls": []}"#]
        },
        Case("a network that there is none of", .networkNotFound) { $0.network.mode = .network("nosuch") },
        Case("a container that does not run, for its network", .containerNotFound) {
            $0.network.mode = .container("nosuch")
        },
        Case("an address outside of the network", .network) {
            $0.network.addresses = [try #require(IPAddress("192.0.2.1"))]
        },
        Case("a line for /etc/hosts that is none", .invalidSpecification) { $0.network.extraHosts = ["db"] },
        Case("an address of another host", .port) { $0.ports = try PortMapping.parse("203.0.113.1:80:80") },
    ]

    @Test("each is its own error", arguments: cases)
    func refused(_ refusal: Case) async throws {
        try await withNestbox { nestbox in
            var specification = ContainerSpecification(image: "box", name: "refused", command: ["true"])
            specification.volumes = [try VolumeAttachment("made-for-it:/v"), try VolumeAttachment("/anonymous")]
            try refusal.change(&specification)
            await #expect {
                _ = try await nestbox.launch(specification)
            } throws: {
                ($0 as? NestboxError)?.code == refusal.code
            }
            #expect(try nestbox.containers().isEmpty)
            for directory in [nestbox.layout.containers, nestbox.layout.names, nestbox.layout.trash] {
                #expect(try Directory(directory).names.isEmpty)
            }
            #expect(try await nestbox.volumes.list().isEmpty)
        }
    }

    @Test("a name that is taken is refused before anything is made, and says whose it is")
    func duplicateName() async throws {
        try await withNestbox { nestbox in
            let first = try await nestbox.launch(
                ContainerSpecification(image: "box", name: "taken", command: ["sleep", "100"])
            )
            async let served: Void = first.run()
            await #expect {
                _ = try await nestbox.launch(ContainerSpecification(image: "box", name: "taken", command: ["true"]))
            } throws: {
                guard let error = $0 as? NestboxError else { return false }
                return error.code == .nameInUse && error.message.contains(first.identifier)
            }
            #expect(try nestbox.containers().map(\.identifier) == [first.identifier])
            try await nestbox.remove("taken", isForced: true)
            try await served
            #expect(try await nestbox.finish("true") { $0.name = "taken" }.status == .exited(0))
        }
    }

    @Test("a port that is taken is refused before the container is made")
    func portTaken() async throws {
        try await withNestbox { nestbox in
            var first = ContainerSpecification(image: "box", name: "first", command: ["sleep", "100"])
            first.ports = try PortMapping.parse("127.0.0.1::80")
            let container = try await nestbox.launch(first)
            async let served: Void = container.run()
            let port = try #require(container.record.ports.first?.hostPort)
            var second = ContainerSpecification(image: "box", name: "second", command: ["true"])
            second.ports = try PortMapping.parse("127.0.0.1:\(port):80")
            await #expect {
                _ = try await nestbox.launch(second)
            } throws: {
                ($0 as? NestboxError)?.code == .port
            }
            #expect(try nestbox.containers().map(\.name) == ["first"])
            try await nestbox.kill("first")
            try await served
            #expect(!WebClient.isOpen(port))
        }
    }
}
