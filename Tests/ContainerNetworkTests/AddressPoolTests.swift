// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import ContainerNetwork

@Suite("Addresses of a network")
struct AddressPoolTests {
    private static func prefix(_ text: String) throws -> IPPrefix {
        try #require(IPPrefix(text))
    }

    @Test(
        "prefixes know their network and last address",
        arguments: [
            ("10.1.2.3/8", "10.0.0.0", "10.255.255.255"), ("192.168.7.130/25", "192.168.7.128", "192.168.7.255"),
            ("10.0.0.1/32", "10.0.0.1", "10.0.0.1"), ("1.2.3.4/0", "0.0.0.0", "255.255.255.255"),
            ("fd00:1:2::9/48", "fd00:1:2::", "fd00:1:2:ffff:ffff:ffff:ffff:ffff"),
        ]
    )
    func prefixes(text: String, network: String, last: String) throws {
        let prefix = try Self.prefix(text)
        #expect(prefix.network.description == network)
        #expect(prefix.last.description == last)
        #expect(prefix.description == text)
        #expect(prefix.contains(prefix.network) && prefix.contains(prefix.last))
    }

    @Test(
        "what is no prefix is refused",
        arguments: ["", "10.0.0.0", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "fd00::/129", "x/8"]
    )
    func noPrefix(text: String) {
        #expect(IPPrefix(text) == nil)
    }

    @Test("networks overlap if one lies within the other")
    func overlap() throws {
        let wide = try Self.prefix("10.0.0.0/8")
        #expect(wide.overlaps(try Self.prefix("10.200.0.0/16")))
        #expect(try Self.prefix("10.200.0.0/16").overlaps(wide))
        #expect(!wide.overlaps(try Self.prefix("11.0.0.0/16")))
        #expect(!wide.overlaps(try Self.prefix("fd00::/8")))
    }

    @Test("every address of a /29 but network, gateway and broadcast is given out once, and then none")
    func exhaustion() throws {
        var pool = try AddressPool(Self.prefix("10.9.8.0/29"))
        #expect(pool.gateway.description == "10.9.8.1")
        var given: [String] = []
        for _ in 0..<5 { given.append(try pool.take().description) }
        #expect(given == ["10.9.8.2", "10.9.8.3", "10.9.8.4", "10.9.8.5", "10.9.8.6"])
        let error = #expect(throws: NetworkError.self) { try pool.take() }
        #expect(error?.code == .addressesExhausted)
        pool.giveBack(try #require(IPAddress("10.9.8.4")))
        #expect(try pool.take().description == "10.9.8.4")
    }

    @Test("an address that was given back is not the next to be given out")
    func reuseIsLate() throws {
        var pool = try AddressPool(Self.prefix("10.9.8.0/24"))
        let first = try pool.take()
        pool.giveBack(first)
        #expect(try pool.take() != first)
    }

    @Test("a stated address is the gateway, and can't be a container's")
    func gateway() throws {
        var pool = try AddressPool(Self.prefix("fd00::ff/64"))
        #expect(pool.gateway.description == "fd00::ff")
        #expect(throws: NetworkError.self) { try pool.take(pool.gateway) }
        #expect(try pool.take().description == "fd00::1")
        try pool.take(try #require(IPAddress("fd00::2")))
        #expect(try pool.take().description == "fd00::3")
        #expect(throws: NetworkError.self) { try pool.take(try #require(IPAddress("fd00::2"))) }
        #expect(throws: NetworkError.self) { try pool.take(try #require(IPAddress("fd01::2"))) }
    }

    @Test(
        "a network without room is refused",
        arguments: ["10.0.0.0/31", "10.0.0.1/32", "fd00::/127", "10.0.0.255/24"]
    )
    func noRoom(text: String) throws {
        let prefix = try Self.prefix(text)
        let error = #expect(throws: NetworkError.self) { try AddressPool(prefix) }
        #expect(error?.code == .invalidAddress)
    }

    @Test(
        "addresses can be counted on and off",
        arguments: [
            ("10.0.0.255", 1, "10.0.1.0"), ("10.255.255.255", 1, "11.0.0.0"), ("fd00::ffff:ffff", 1, "fd00::1:0:0"),
            ("0.0.0.0", 0xFFFF_FFFF, "255.255.255.255"),
        ] as [(String, UInt64, String)]
    )
    func arithmetic(from: String, offset: UInt64, to: String) throws {
        let start = try #require(IPAddress(from))
        let end = try #require(start.advanced(by: offset))
        #expect(end.description == to)
        #expect(end.distance(from: start) == offset)
        #expect(start.distance(from: end) == nil)
    }
}
