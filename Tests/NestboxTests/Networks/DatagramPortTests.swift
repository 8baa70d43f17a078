// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerNetwork
import ImageStore
import Testing

@testable import Nestbox

@Suite("Servers for datagrams in containers", .runsDatagramServers)
struct DatagramPortTests {
    /// An engine that has the image `web`, too, whose server answers datagrams at port 53 of every address.
    private func withServers(_ body: (Nestbox) async throws -> Void) async throws {
        try await withNestbox { nestbox in
            let archive = try WebArchive()
            _ = try await nestbox.images.importRootFilesystem(
                archive: archive.path,
                as: ImageReference("web").taggedByDefault,
                configuration: .init()
            )
            try await body(nestbox)
        }
    }

    @Test("a published port is answered on the loopback")
    func published() async throws {
        try await withServers { nestbox in
            var specification = ContainerSpecification(image: "web", command: WebArchive.command)
            specification.ports = try PortMapping.parse("53/udp")
            try await nestbox.withContainer(specification) { container in
                let port = try #require(container.record.ports.first?.hostPort)
                let name = String(container.identifier.prefix(12))
                // Until it listens, the question is refused or unanswered.
                var answer: String?
                for _ in 0..<50 where answer != name {
                    answer = try? await OwnThread.run { try DatagramClient(port: port).ask("who") }
                    if answer == nil { try await Task.sleep(for: .milliseconds(20)) }
                }
                #expect(answer == name)
            }
        }
    }

    @Test("a program may have port 53 of every address, and names are still answered")
    func ownNameServer() async throws {
        try await withServers { nestbox in
            try await nestbox.createNetwork(NetworkSpecification(name: "named"))
            var other = ContainerSpecification(image: "box", name: "other", command: ["sleep", "1000"])
            other.network.mode = .network("named")
            try await nestbox.withContainer(other) { _ in
                let script = """
                    /usr/sbin/nginx -c /etc/nginx.conf & server=$!
                    while ! grep -q ' 00000000:0035 ' /proc/net/udp; do kill -0 $server || exit 1; done
                    nslookup -type=a other | awk '/^Address:/ { last = $2 } END { print last }'
                    kill -0 $server && echo serves
                    """
                let seen = try await nestbox.finish(script) {
                    $0.image = "web"
                    $0.network.mode = .network("named")
                }
                let places = try nestbox.endpoints(of: "named")
                let address = try #require(places.first { $0.name == "other" }?.addresses.first?.address)
                #expect(seen.output == "\(address)\nserves\n")
            }
        }
    }
}
