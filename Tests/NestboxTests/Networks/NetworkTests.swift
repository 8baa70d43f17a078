// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import ContainerNetwork
import Glibc
import SystemPackage
import Testing

@testable import Nestbox

@Suite("Containers on networks", .runsContainers)
struct NetworkTests {
    /// The names of the host's links that are this root's: bridges, and containers' ends.
    private func links(_ nestbox: Nestbox) throws -> Set<String> {
        let all = try Link.all()
        let bridges = try nestbox.networks().map(\.link)
        let indices = all.filter { bridges.contains($0.name) }.map(\.index)
        return Set(all.filter { bridges.contains($0.name) || indices.contains($0.master ?? 0) }.map(\.name))
    }

    private func sleeper(_ name: String, on network: String = "bridge") -> ContainerSpecification {
        var specification = ContainerSpecification(image: "box", name: name, command: ["sleep", "1000"])
        specification.network.mode = .network(network)
        return specification
    }

    @Test("containers of one network find each other by name, alias and address; those of another do not")
    func names() async throws {
        try await withNestbox { nestbox in
            for name in ["one", "two"] { try await nestbox.createNetwork(NetworkSpecification(name: name)) }
            var server = ContainerSpecification(
                image: "box",
                name: "web",
                command: ["httpd", "-f", "-p", "80", "-h", "/www"]
            )
            server.network.mode = .network("one")
            server.network.aliases = ["www"]
            try await nestbox.withContainer(server) { web in
                let endpoint = try #require(try nestbox.endpoints(ofContainer: web.identifier)["one"])
                let address = try #require(endpoint.addresses.first?.address)
                for name in ["web", "www", "web.one", "WEB", "\(address)"] {
                    let asked = try await nestbox.finish("fetch \(name) /cgi-bin/who") {
                        $0.network.mode = .network("one")
                    }
                    #expect(asked.output == "\(web.identifier.prefix(12))\n", "by \(name)")
                }
                let other = try await nestbox.finish(
                    "fetch web / 2> /dev/null; fetch \(address) / 2> /dev/null; echo no"
                ) {
                    $0.network.mode = .network("two")
                }
                #expect(other.output == "no\n")
                let back = try await nestbox.finish("nslookup \(address) | grep -c web.one") {
                    $0.network.mode = .network("one")
                }
                #expect(back.output == "1\n")
            }
        }
    }

    @Test("nothing is left on the host when the engine has closed: no link, no bridge, no table")
    func leavesNothing() async throws {
        var made: Set<String> = []
        var filter: PacketFilter?
        try await withNestbox { nestbox in
            try await nestbox.createNetwork(NetworkSpecification(name: "extra"))
            var specification = sleeper("one", on: "extra")
            specification.ports = try PortMapping.parse("80") + PortMapping.parse("53/udp")
            filter = nestbox.networkPlane.filter
            try await nestbox.withContainer(specification) { container in
                #expect(try links(nestbox).count == 2)
                try await nestbox.connect(container.identifier, to: "bridge")
                #expect(try links(nestbox).count == 4)
                made = try links(nestbox)
            }
            #expect(try links(nestbox) == Set(try nestbox.networks().map(\.link)))
            for network in ["extra", "bridge"] { #expect(try nestbox.endpoints(of: network).isEmpty) }
        }
        #expect(made.isDisjoint(with: try Link.all().map(\.name)))
        let port = PortTranslation(
            hostPort: 80,
            target: try #require(IPAddress("192.0.2.1")),
            targetPort: 80
        )
        await #expect(throws: NetworkError.self) { try await #require(filter).add([port]) }
    }

    @Test("a program that is not there, an address that is taken: no link or place stays")
    func failure() async throws {
        try await withNestbox { nestbox in
            let kept = try await nestbox.launch(sleeper("kept"))
            async let served: Void = kept.run()
            let before = try links(nestbox)
            var missing = sleeper("missing")
            missing.command = ["nosuch"]
            await #expect(throws: NestboxError.self) { try await nestbox.launch(missing) }
            var taken = sleeper("taken")
            let endpoint = try #require(try nestbox.endpoints(ofContainer: kept.identifier)["bridge"])
            taken.network.addresses = endpoint.addresses.map(\.address)
            await #expect(throws: NestboxError.self) { try await nestbox.launch(taken) }
            #expect(try links(nestbox) == before)
            #expect(try nestbox.endpoints(of: "bridge").map(\.name) == ["kept"])
            try await nestbox.remove("kept", isForced: true)
            try await served
        }
    }

    @Test("published ports are reachable on the loopback and on the host's address, over TCP and UDP")
    func publishedPorts() async throws {
        try await withNestbox { nestbox in
            var specification = ContainerSpecification(
                image: "box",
                command: ["sh", "-c", "httpd -p 80 -h /www; while true; do echo pong | nc -l -u -p 53 -w 1; done"]
            )
            specification.ports = try PortMapping.parse("80") + PortMapping.parse("53/udp")
            try await nestbox.withContainer(specification) { container in
                let ports = container.record.ports
                let tcp = try #require(ports.first { $0.transport == .tcp }?.hostPort)
                #expect(ports.contains { $0.transport == .udp && $0.containerPort == 53 && $0.hostPort > 0 })
                let answer = try await WebClient.get("/cgi-bin/who", port: tcp)
                #expect(answer == String(container.identifier.prefix(12)))
                // From another container, by the host's address on the bridge.
                let seen = try await nestbox.finish(
                    "fetch $(ip route | awk '/default/ { print $3 }') /cgi-bin/who \(tcp)"
                )
                #expect(seen.output == "\(container.identifier.prefix(12))\n")
            }
        }
    }

    @Test("a container has the network that it asked for")
    func modes() async throws {
        try await withNestbox { nestbox in
            let none = try await nestbox.finish("ls /sys/class/net") { $0.network.mode = .none }
            #expect(none.output == "lo\n")
            let host = try await nestbox.finish("readlink /proc/self/ns/net 2>/dev/null || ls -l /proc/self/ns/net") {
                $0.network.mode = .host
            }
            #expect(host.output.contains("net:[\(try NetworkNamespace.current().inode)]"))
            try await nestbox.withContainer(sleeper("first")) { first in
                let shared = try await nestbox.finish("ip -o -4 addr show eth0; hostname; cat /etc/hostname") {
                    $0.network.mode = .container("first")
                }
                let endpoint = try #require(try nestbox.endpoints(ofContainer: first.identifier)["bridge"])
                #expect(shared.output.contains("\(try #require(endpoint.addresses.first))"))
            }
        }
    }

    @Test("a container has its address, its names and its server in its files, and those that were stated")
    func files() async throws {
        try await withNestbox { nestbox in
            let script = "hostname; cat /etc/hostname /etc/hosts /etc/resolv.conf; ip -o -4 addr show eth0"
            let seen = try await nestbox.finish(script) {
                $0.hostName = "web"
                $0.network.extraHosts = ["db:192.0.2.7", "gateway:host-gateway"]
                $0.network.searchDomains = ["example.com"]
            }
            let network = try nestbox.network("bridge")
            let gateway = try #require(network.gateways.first?.gateway)
            for line in [
                "web\nweb\n", "192.0.2.7\tdb", "\(gateway)\tgateway", "nameserver 127.0.0.11", "search example.com",
            ] {
                #expect(seen.output.contains(line))
            }
            let address = try #require(seen.output.split(separator: " ").first { $0.contains("/20") })
            #expect(seen.output.contains("\(address.prefix { $0 != "/" })\tweb"))
        }
    }

    @Test("a container is connected to a second network while it runs, and taken off again")
    func connecting() async throws {
        try await withNestbox { nestbox in
            try await nestbox.createNetwork(NetworkSpecification(name: "back"))
            let web = ContainerSpecification(
                image: "box",
                name: "web",
                command: ["httpd", "-f", "-p", "80", "-h", "/www"]
            )
            try await nestbox.withContainer(web) { _ in
                try await nestbox.connect("web", to: "back", aliases: ["inner"])
                let seen = try await nestbox.finish("fetch inner /cgi-bin/who | wc -c") {
                    $0.network.mode = .network("back")
                }
                #expect(seen.output == "13\n")
                await #expect(throws: NestboxError.self) { try await nestbox.connect("web", to: "back") }
                await #expect(throws: NestboxError.self) { try await nestbox.removeNetwork("back") }
                try await nestbox.disconnect("web", from: "back")
                #expect(try nestbox.endpoints(of: "back").isEmpty)
            }
            #expect(try await nestbox.pruneNetworks() == ["back"])
            #expect(try nestbox.networks().map(\.name) == ["bridge"])
            await #expect(throws: NestboxError.self) { try await nestbox.removeNetwork("bridge") }
        }
    }

    @Test("an internal network leads nowhere, and its containers still reach each other, over IPv6 too")
    func internalNetwork() async throws {
        try await withNestbox { nestbox in
            var specification = NetworkSpecification(name: "inside")
            specification.isInternal = true
            specification.hasIPv6 = true
            let network = try await nestbox.createNetwork(specification)
            #expect(network.hasIPv6)
            var web = ContainerSpecification(
                image: "box",
                name: "web",
                command: ["httpd", "-f", "-p", "80", "-h", "/www"]
            )
            web.network.mode = .network("inside")
            try await nestbox.withContainer(web) { container in
                let endpoint = try #require(try nestbox.endpoints(ofContainer: container.identifier)["inside"])
                let six = try #require(endpoint.addresses.first { $0.address.isIPv6 }?.address)
                let seen = try await nestbox.finish(
                    """
                    fetch web /cgi-bin/who | wc -c
                    fetch \(six) /cgi-bin/who | wc -c
                    ip route | grep -c default
                    nslookup example.com > /dev/null || echo unknown
                    """
                ) { $0.network.mode = .network("inside") }
                #expect(seen.output == "13\n13\n0\nunknown\n")
            }
        }
    }

    @Test("what can't be a network is refused, and names and subnets that are taken are")
    func refused() async throws {
        try await withNestbox { nestbox in
            var first = NetworkSpecification(name: "first")
            first.subnets = [try #require(IPPrefix("10.231.7.0/24"))]
            try await nestbox.createNetwork(first)
            for name in ["first", "host", "bridge", "a/b", ""] {
                await #expect(throws: NestboxError.self) {
                    try await nestbox.createNetwork(NetworkSpecification(name: name))
                }
            }
            var second = NetworkSpecification(name: "second")
            second.subnets = [try #require(IPPrefix("10.231.0.0/16"))]
            await #expect(throws: NestboxError.self) { try await nestbox.createNetwork(second) }
            second.subnets = [try #require(IPPrefix("10.232.0.0/31"))]
            await #expect(throws: NestboxError.self) { try await nestbox.createNetwork(second) }
            #expect(try nestbox.networks().map(\.name) == ["first"])
        }
    }
}
