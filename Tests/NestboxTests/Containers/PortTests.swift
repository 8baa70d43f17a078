// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerNetwork
import Testing

@testable import Nestbox

@Suite("Published ports", .runsContainers)
struct PortTests {
    @Test("a published port leads to the container, and closes with it")
    func published() async throws {
        try await withNestbox { nestbox in
            var specification = ContainerSpecification(
                image: "box",
                command: ["httpd", "-f", "-p", "80", "-h", "/www"]
            )
            specification.ports = try PortMapping.parse("127.0.0.1::80")
            let port = try await nestbox.withContainer(specification) { container in
                let port = try #require(container.record.ports.first)
                #expect(port.containerPort == 80)
                let answer = try await WebClient.get("/cgi-bin/who", port: port.hostPort)
                #expect(answer == String(container.identifier.prefix(12)))
                return port.hostPort
            }
            #expect(!WebClient.isOpen(port))
        }
    }

    @Test("containers that listen on the same port are kept apart")
    func apart() async throws {
        try await withNestbox { nestbox in
            var specification = ContainerSpecification(
                image: "box",
                command: ["httpd", "-f", "-p", "80", "-h", "/www"]
            )
            specification.ports = try PortMapping.parse("127.0.0.1::80")
            try await nestbox.withContainer(specification) { one in
                try await nestbox.withContainer(specification) { other in
                    for container in [one, other] {
                        let port = try #require(container.record.ports.first?.hostPort)
                        let answer = try await WebClient.get("/cgi-bin/who", port: port)
                        #expect(answer == String(container.identifier.prefix(12)))
                    }
                }
            }
        }
    }
}
