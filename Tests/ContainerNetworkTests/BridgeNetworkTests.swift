// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import ContainerNetwork

@Suite("Bridge networks", .needsRoot)
struct BridgeNetworkTests {
    /// A network in a namespace that plays the host.
    private static func makeNetwork(
        _ subnets: [String] = ["172.30.5.0/24", "fd00:30::/64"]
    ) async throws -> (BridgeNetwork, NetworkNamespace) {
        let host = try await NetworkNamespace.create()
        let configuration = BridgeConfiguration(link: "nestbox0", subnets: subnets.compactMap(IPPrefix.init))
        return (try await BridgeNetwork.create(configuration, in: host), host)
    }

    /// Whether a TCP connection from one namespace to a server in another is answered.
    private static func reaches(
        _ address: IPAddress,
        from: NetworkNamespace,
        to: NetworkNamespace
    ) async throws -> Bool {
        let home = try NetworkNamespace.current()
        let server = try await to.run { try ReachableServer(isIPv6: address.isIPv6) }
        let client = try from.makeStreamSocket(isIPv6: address.isIPv6, returningTo: home)
        defer { try? client.close() }
        return try await from.run { server.answers(client.rawValue, at: address) }
    }

    @Test("two containers on a network reach each other and the host, over IPv4 and IPv6")
    func connectivity() async throws {
        let (network, host) = try await Self.makeNetwork()
        let one = try await NetworkNamespace.create()
        let two = try await NetworkNamespace.create()
        let first = try await network.attach(one)
        let second = try await network.attach(two)
        #expect(first.addresses.map(\.description) == ["172.30.5.2/24", "fd00:30::2/64"])
        #expect(second.addresses.map(\.description) == ["172.30.5.3/24", "fd00:30::3/64"])
        for address in second.addresses.map(\.address) {
            #expect(try await Self.reaches(address, from: one, to: two))
            #expect(try await Self.reaches(address, from: host, to: two))
        }
        for gateway in first.gateways {
            #expect(try await Self.reaches(gateway, from: two, to: host))
        }
    }

    @Test("a container has its link, its addresses, and what is up is up")
    func links() async throws {
        let (network, host) = try await Self.makeNetwork()
        let namespace = try await NetworkNamespace.create()
        let attachment = try await network.attach(namespace, interface: "net1")
        let link = try await namespace.run { try LinkTable().link(named: "net1") }
        #expect(link.kind == "veth")
        #expect(link.flags.contains(.up))
        #expect(link.hardwareAddress == attachment.hardwareAddress)
        #expect(link.hardwareAddress[0] & 0x03 == 0x02)
        let addresses = try await namespace.run { try LinkTable().addresses(of: link.index) }
        #expect(Set(addresses).isSuperset(of: attachment.addresses))
        let bridge = try await host.run { try LinkTable().link(named: "nestbox0") }
        #expect(bridge.kind == "bridge")
        let ports = try await host.run { try Link.all() }.filter { $0.master == bridge.index }
        #expect(ports.map(\.name) == [attachment.port])
    }

    @Test("a container that is disconnected has no link, and its address is free")
    func detach() async throws {
        let (network, host) = try await Self.makeNetwork(["10.77.0.0/29"])
        let namespace = try await NetworkNamespace.create()
        for _ in 0..<12 {
            let attachment = try await network.attach(namespace)
            await network.detach(attachment)
        }
        #expect(try await namespace.run { try Link.all() }.map(\.name) == ["lo"])
        #expect(try await host.run { try Link.all() }.map(\.name).sorted() == ["lo", "nestbox0"])
    }

    @Test("a failed connect leaves no link and no address behind")
    func failure() async throws {
        let (network, host) = try await Self.makeNetwork(["10.77.0.0/29"])
        let namespace = try await NetworkNamespace.create()
        let kept = try await network.attach(namespace)
        for _ in 0..<6 {
            let error = await #expect(throws: NetworkError.self) { try await network.attach(namespace) }
            #expect(error?.code == .alreadyExists)
        }
        let links = try await host.run { try Link.all() }.map(\.name)
        #expect(Set(links) == ["lo", "nestbox0", kept.port])
        for number in 0..<4 {
            _ = try await network.attach(namespace, interface: "more\(number)", isDefaultRoute: false)
        }
    }

    @Test("a stated address is the container's, and no other's")
    func statedAddress() async throws {
        let (network, _) = try await Self.makeNetwork()
        let namespace = try await NetworkNamespace.create()
        let wanted = try #require(IPAddress("172.30.5.77"))
        let attachment = try await network.attach(namespace, addresses: [wanted])
        #expect(attachment.addresses[0].address == wanted)
        let error = await #expect(throws: NetworkError.self) {
            try await network.attach(namespace, interface: "eth1", addresses: [wanted], isDefaultRoute: false)
        }
        #expect(error?.code == .alreadyExists)
        let stray = await #expect(throws: NetworkError.self) {
            try await network.attach(namespace, interface: "eth1", addresses: [IPAddress.loopback])
        }
        #expect(stray?.code == .invalidAddress)
    }

    @Test("a second network of one name is refused, and the first one stays")
    func duplicate() async throws {
        let (network, host) = try await Self.makeNetwork()
        let error = await #expect(throws: NetworkError.self) {
            try await BridgeNetwork.create(network.configuration, in: host)
        }
        #expect(error?.code == .alreadyExists)
        #expect(try await host.run { try Link.all() }.count == 2)
        try await network.remove()
        #expect(try await host.run { try Link.all() }.map(\.name) == ["lo"])
    }

    @Test("a container's links vanish with its namespace")
    func namespaceGone() async throws {
        let (network, host) = try await Self.makeNetwork()
        let namespace = try await NetworkNamespace.create()
        _ = try await network.attach(namespace)
        namespace.close()
        // The kernel takes namespaces down in the background.
        for _ in 0..<500 where try await host.run({ try Link.all() }).count > 2 {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(try await host.run { try Link.all() }.map(\.name).sorted() == ["lo", "nestbox0"])
    }

    @Test(
        "what can't be a network is refused",
        arguments: [
            BridgeConfiguration(link: "", subnets: [IPPrefix("10.0.0.0/8")!]),
            BridgeConfiguration(link: "sixteen-bytes-is", subnets: [IPPrefix("10.0.0.0/8")!]),
            BridgeConfiguration(link: "a/b", subnets: [IPPrefix("10.0.0.0/8")!]),
            BridgeConfiguration(link: "a%d", subnets: [IPPrefix("10.0.0.0/8")!]),
            BridgeConfiguration(link: "..", subnets: [IPPrefix("10.0.0.0/8")!]),
            BridgeConfiguration(link: "br0", subnets: []),
            BridgeConfiguration(link: "br0", subnets: [IPPrefix("10.0.0.0/8")!, IPPrefix("11.0.0.0/8")!]),
            BridgeConfiguration(link: "br0", subnets: [IPPrefix("10.0.0.0/31")!]),
            BridgeConfiguration(link: "br0", subnets: [IPPrefix("10.0.0.0/8")!], mtu: 500),
        ]
    )
    func refused(configuration: BridgeConfiguration) async throws {
        let host = try await NetworkNamespace.create()
        await #expect(throws: NetworkError.self) { try await BridgeNetwork.create(configuration, in: host) }
        #expect(try await host.run { try Link.all() }.map(\.name) == ["lo"])
    }
}
