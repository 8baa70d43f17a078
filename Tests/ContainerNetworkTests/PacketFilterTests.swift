// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import ContainerNetwork

@Suite("The packet filter", .needsRoot)
struct PacketFilterTests {
    /// A host with a network of containers and a network that plays the world, each with one namespace on it.
    private struct Scene {
        let host: NetworkNamespace
        let container: NetworkNamespace
        let world: NetworkNamespace
        let containerAddress: IPAddress
        let worldAddress: IPAddress
        let hostAddress: IPAddress
        let filter: PacketFilter
        let configuration: BridgeConfiguration
        let forwarding: HostForwarding

        init() async throws {
            host = try await NetworkNamespace.create()
            container = try await NetworkNamespace.create()
            world = try await NetworkNamespace.create()
            configuration = BridgeConfiguration(link: "nestbox0", subnets: [try #require(IPPrefix("172.30.5.0/24"))])
            let inside = try await BridgeNetwork.create(configuration, in: host)
            let outside = try await BridgeNetwork.create(
                BridgeConfiguration(
                    link: "wan0",
                    subnets: [try #require(IPPrefix("203.0.113.0/24"))],
                    isInternal: true
                ),
                in: host
            )
            containerAddress = try await inside.attach(container).addresses[0].address
            let place = try await outside.attach(world)
            worldAddress = place.addresses[0].address
            hostAddress = place.gateways[0]
            filter = try PacketFilter(table: "nestbox_test", host: host)
            forwarding = HostForwarding(host: host)
        }

        func publish(_ server: ReachableServer, on port: UInt16, at address: IPAddress? = nil) async throws {
            try await forwarding.enable(for: configuration)
            let published = PortTranslation(
                hostAddress: address,
                hostPort: port,
                target: containerAddress,
                targetPort: server.port
            )
            try await filter.apply(FilterRules(networks: [configuration], ports: [published]))
        }
    }

    /// Who connects, as the server sees it; nil if no one gets through.
    private static func connect(
        from: NetworkNamespace,
        to address: IPAddress,
        port: UInt16,
        server: ReachableServer
    ) async throws -> IPAddress? {
        let client = try from.makeStreamSocket(returningTo: .current())
        defer { try? client.close() }
        return try await from.run { server.peer(of: client.rawValue, at: address, port: port) }
    }

    @Test("a published port leads to the container from outside, from the host, from its loopback, and from itself")
    func published() async throws {
        let scene = try await Scene()
        let server = try await scene.container.run { try ReachableServer(isIPv6: false) }
        try await scene.publish(server, on: 8080)
        let hostAddress = scene.hostAddress
        #expect(
            try await Self.connect(from: scene.world, to: hostAddress, port: 8080, server: server) == scene.worldAddress
        )
        #expect(try await Self.connect(from: scene.host, to: hostAddress, port: 8080, server: server) != nil)
        #expect(try await Self.connect(from: scene.host, to: .loopback, port: 8080, server: server) != nil)
        #expect(try await Self.connect(from: scene.container, to: hostAddress, port: 8080, server: server) != nil)
    }

    @Test("a container reaches the world under the host's address, and the world has no way in")
    func masquerade() async throws {
        let scene = try await Scene()
        let outside = try await scene.world.run { try ReachableServer(isIPv6: false) }
        let inside = try await scene.container.run { try ReachableServer(isIPv6: false) }
        try await scene.publish(inside, on: 8080)
        let seen = try await Self.connect(
            from: scene.container,
            to: scene.worldAddress,
            port: outside.port,
            server: outside
        )
        #expect(seen == scene.hostAddress)
        let direct = try await Self.connect(
            from: scene.world,
            to: scene.containerAddress,
            port: inside.port,
            server: inside
        )
        #expect(direct == nil)
    }

    @Test("a removed table leaves nothing, and the switches are as they were")
    func removal() async throws {
        let scene = try await Scene()
        let server = try await scene.container.run { try ReachableServer(isIPv6: false) }
        // A new namespace may begin with what the machine has.
        try await scene.host.run { try ForwardingSwitch.turnOff(ForwardingSwitch.ipv4) }
        try await scene.publish(server, on: 8080)
        #expect(try await scene.host.run { try !ForwardingSwitch.turnOn(ForwardingSwitch.ipv4) })
        try await scene.filter.remove()
        try await scene.filter.remove()
        await scene.forwarding.restore()
        #expect(try await scene.host.run { try ForwardingSwitch.turnOn(ForwardingSwitch.ipv4) })
        #expect(
            try await Self.connect(from: scene.world, to: scene.hostAddress, port: 8080, server: server) == nil
        )
    }

    @Test("a rule that the kernel does not take leaves the former rules in force")
    func atomic() async throws {
        let scene = try await Scene()
        let server = try await scene.container.run { try ReachableServer(isIPv6: false) }
        try await scene.publish(server, on: 8080)
        let error = await #expect(throws: NetworkError.self) {
            try await scene.filter.run(
                "delete table inet nestbox_test\ntable inet nestbox_test { chain a { nonsense } }"
            )
        }
        #expect(error?.code == .filterRefused)
        #expect(
            try await Self.connect(from: scene.world, to: scene.hostAddress, port: 8080, server: server) != nil
        )
    }

    @Test("names that would be read as commands are refused", arguments: ["", "a b", "a;", "a\n", "1a", "a{", "a\"b"])
    func names(table: String) async throws {
        let host = try NetworkNamespace.current()
        #expect(throws: NetworkError.self) { try PacketFilter(table: table, host: host) }
    }
}
