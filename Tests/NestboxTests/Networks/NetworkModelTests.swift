// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerNetwork
import Testing

@testable import Nestbox

@Suite("Networks as values")
struct NetworkModelTests {
    @Test("a mode is read as it is written", arguments: ["bridge", "host", "none", "container:web", "backend"])
    func modes(text: String) throws {
        #expect(try NetworkMode(text).description == text)
        #expect(try roundTrip(try NetworkMode(text)) == NetworkMode(text))
    }

    @Test("what is no mode is refused", arguments: ["container:", "a/b", "../x", "a b", "-x"])
    func refusedModes(text: String) {
        #expect(throws: NestboxError.self) { try NetworkMode(text) }
    }

    @Test("containers get addresses that no other has, and one that ended is not followed at once by another there")
    func addresses() throws {
        let subnets = [try #require(IPPrefix("10.1.0.0/29")), try #require(IPPrefix("fd00:1::/64"))]
        var endpoints = NetworkEndpoints()
        let first = try endpoints.take([], from: subnets)
        #expect(first.addresses.map(\.description) == ["10.1.0.2/29", "fd00:1::2/64"])
        #expect(first.gateways.map(\.description) == ["10.1.0.1", "fd00:1::1"])
        // It was given back: its place was never written down.
        let second = try endpoints.take([], from: subnets)
        #expect(second.addresses[0].description == "10.1.0.3/29")
        endpoints.places["a"] = Self.endpoint("a", addresses: second.addresses)
        let stated = try #require(IPAddress("10.1.0.3"))
        #expect(throws: NetworkError.self) { try endpoints.take([stated], from: subnets) }
        #expect(throws: NetworkError.self) { try endpoints.take([.loopback], from: subnets) }
        for number in 0..<4 {
            let next = try endpoints.take([], from: subnets)
            endpoints.places["more\(number)"] = Self.endpoint("more\(number)", addresses: next.addresses)
        }
        let error = #expect(throws: NetworkError.self) { try endpoints.take([], from: subnets) }
        #expect(error?.code == .addressesExhausted)
        #expect(try roundTrip(endpoints) == endpoints)
    }

    @Test("a container answers to its name, its aliases and its identifier")
    func names() {
        let endpoint = Self.endpoint("0123456789abcdef", addresses: [])
        for name in ["web", "www", "0123456789ab"] { #expect(endpoint.answers(to: name)) }
        for name in ["we", "0123", ""] { #expect(!endpoint.answers(to: name)) }
    }

    @Test("a published port leads to addresses of its kind, and a loopback one to none")
    func filteredPorts() throws {
        let addresses = [try #require(IPPrefix("10.1.0.2/24")), try #require(IPPrefix("fd00::2/64"))]
        func targets(_ host: String) -> [String] {
            let port = PublishedPort(hostAddress: host, hostPort: 80, containerPort: 8080)
            return FilteredPort.ports(port, to: addresses).map(\.target.description)
        }
        #expect(targets("0.0.0.0") == ["10.1.0.2", "fd00::2"])
        #expect(targets("192.0.2.1") == ["10.1.0.2"])
        #expect(targets("2001:db8::1") == ["fd00::2"])
        #expect(targets("127.0.0.1").isEmpty)
        #expect(targets("127.0.0.9").isEmpty)
        #expect(targets("::1").isEmpty)
    }

    @Test("the container's files say who it is and who it asks")
    func files() throws {
        let address = try #require(IPAddress("10.1.0.2"))
        let extra = [try HostEntry("db:192.0.2.7"), try HostEntry("host:host-gateway"), try HostEntry("six=[fd00::7]")]
        let hosts = NetworkFiles.hosts(
            hostName: "web.example",
            addresses: [address],
            extra: extra,
            gateway: IPAddress("10.1.0.1")
        )
        for line in ["192.0.2.7\tdb\n", "10.1.0.1\thost\n", "fd00::7\tsix\n", "10.1.0.2\tweb.example web\n"] {
            #expect(hosts.contains(line))
        }
        #expect(NetworkFiles.hosts(hostName: "h", addresses: []).contains("127.0.0.1\th\n"))
        let host = ResolverConfiguration(parsing: "nameserver 192.0.2.53\nsearch example.com\n")
        let asked = NetworkFiles.resolver(NetworkOptions(), host: host, hasServer: true)
        #expect(asked.file.text == "nameserver 127.0.0.11\nsearch example.com\n")
        #expect(asked.upstream.map(\.description) == ["192.0.2.53"])
        var options = NetworkOptions()
        options.nameServers = [try #require(IPAddress("198.51.100.1"))]
        options.searchDomains = []
        let stated = NetworkFiles.resolver(options, host: host, hasServer: false)
        #expect(stated.file.text == "nameserver 198.51.100.1\n")
    }

    @Test(
        "lines for /etc/hosts that would be others are refused",
        arguments: ["db", "db:", ":1.2.3.4", "a b:1.2.3.4", "a:x"]
    )
    func refusedHosts(text: String) {
        #expect(throws: NestboxError.self) { try HostEntry(text) }
    }

    static func endpoint(_ container: String, addresses: [IPPrefix]) -> NetworkEndpoint {
        NetworkEndpoint(
            container: container,
            name: "web",
            aliases: ["WWW"],
            interface: "eth0",
            addresses: addresses,
            gateways: [],
            hardwareAddress: [],
            link: "nbx0",
            ports: []
        )
    }
}
