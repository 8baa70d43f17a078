// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import ContainerNetwork

@Suite("Networks that several processes use", .needsRoot)
struct SharedNetworkTests {
    @Test("a bridge that is there already is taken up, and its containers reach each other")
    func opening() async throws {
        let host = try await NetworkNamespace.create()
        let subnet = try #require(IPPrefix("172.30.5.0/24"))
        let configuration = BridgeConfiguration(link: "nestbox0", subnets: [subnet])
        let first = try await BridgeNetwork.open(configuration, in: host)
        let second = try await BridgeNetwork.open(configuration, in: host)
        let one = try await NetworkNamespace.create()
        let two = try await NetworkNamespace.create()
        _ = try await first.attach(one, addresses: [try #require(IPAddress("172.30.5.10"))])
        let place = try await second.attach(two, addresses: [try #require(IPAddress("172.30.5.11"))])
        let server = try await two.run { try ReachableServer(isIPv6: false) }
        let client = try one.makeStreamSocket(returningTo: .current())
        defer { try? client.close() }
        #expect(try await one.run { server.answers(client.rawValue, at: place.addresses[0].address) })
        #expect(try await BridgeNetwork.prefixesInUse(in: host).contains { $0.overlaps(subnet) })
        try await BridgeNetwork.remove(link: "nestbox0", in: host)
        try await BridgeNetwork.remove(link: "nestbox0", in: host)
        #expect(try await !host.run { try Link.all() }.map(\.name).contains("nestbox0"))
    }

    @Test("a link that is no bridge is not taken for one")
    func otherLink() async throws {
        let host = try await NetworkNamespace.create()
        let configuration = BridgeConfiguration(link: "lo", subnets: [try #require(IPPrefix("172.30.5.0/24"))])
        let error = await #expect(throws: NetworkError.self) { try await BridgeNetwork.open(configuration, in: host) }
        #expect(error?.code == .alreadyExists)
    }

    @Test("ports come and go one by one while the others stay")
    func ports() async throws {
        let host = try await NetworkNamespace.create()
        let filter = try PacketFilter(table: "nestbox_test", host: host)
        let network = BridgeConfiguration(link: "nestbox0", subnets: [try #require(IPPrefix("172.30.5.0/24"))])
        let target = try #require(IPAddress("172.30.5.2"))
        let ports = [
            PortTranslation(hostPort: 80, target: target, targetPort: 8080),
            PortTranslation(hostPort: 80, transport: .udp, target: target, targetPort: 8080),
            PortTranslation(hostAddress: IPAddress("192.0.2.1"), hostPort: 81, target: target, targetPort: 1),
            PortTranslation(hostPort: 82, target: try #require(IPAddress("fd00::2")), targetPort: 2),
        ]
        try await filter.apply(FilterRules(networks: [network], ports: [ports[0]], routesLoopback: false))
        try await filter.add(ports)
        try await filter.add(ports)
        await filter.remove([ports[1], ports[2]])
        await filter.remove(ports)
        // Those that were taken out can be added as others.
        try await filter.add([PortTranslation(hostPort: 80, target: target, targetPort: 9)])
        let error = await #expect(throws: NetworkError.self) {
            try await filter.add([PortTranslation(hostPort: 80, target: target, targetPort: 10)])
        }
        #expect(error?.code == .filterRefused)
    }

    @Test("a process with thousands of open files can use the packet filter as any other")
    func manyDescriptors() async throws {
        let host = try await NetworkNamespace.create()
        let filter = try PacketFilter(table: "nestbox_test", host: host)
        let network = BridgeConfiguration(link: "nestbox0", subnets: [try #require(IPPrefix("172.30.5.0/24"))])
        var opened: [FileDescriptor] = []
        defer { for descriptor in opened { try? descriptor.close() } }
        while opened.last?.rawValue ?? 0 < 1100 { opened.append(try FileDescriptor.open("/dev/null", .readOnly)) }
        try await filter.apply(FilterRules(networks: [network]))
        try await filter.remove()
        // They are all still open: the library had descriptors of its own.
        #expect(opened.allSatisfy { fcntl($0.rawValue, F_GETFD) >= 0 })
    }

    @Test("namespaces are made ahead, and none is given out twice")
    func pool() async throws {
        let pool = NamespacePool(size: 3)
        pool.refill()
        while pool.count < 3 { try await Task.sleep(for: .milliseconds(2)) }
        var taken: Set<UInt64> = []
        var kept: [NetworkNamespace] = []
        for _ in 0..<5 {
            let namespace = try await pool.take()
            taken.insert(namespace.inode)
            kept.append(namespace)
        }
        #expect(taken.count == 5)
        pool.close()
        pool.refill()
        #expect(pool.count == 0)
    }

    @Test("a network for who does not care overlaps no other")
    func subnets() throws {
        let first = try SubnetPool.ipv4(avoiding: [])
        #expect(first.description == "10.208.0.0/20")
        let wide = try #require(IPPrefix("10.208.0.0/13"))
        #expect(try SubnetPool.ipv4(avoiding: [wide]).description == "10.216.0.0/20")
        #expect(try SubnetPool.ipv4(avoiding: [first], startingAt: 255).description == "10.223.240.0/20")
        let all = try #require(IPPrefix("10.0.0.0/8"))
        let error = #expect(throws: NetworkError.self) { try SubnetPool.ipv4(avoiding: [all]) }
        #expect(error?.code == .addressesExhausted)
        #expect(SubnetPool.ipv6() != SubnetPool.ipv6())
    }
}
