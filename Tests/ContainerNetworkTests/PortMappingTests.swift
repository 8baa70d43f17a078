// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import ContainerNetwork

@Suite("Published ports")
struct PortMappingTests {
    @Test(
        "every form that Docker takes is understood",
        arguments: [
            ("80", "80/tcp"),
            ("8080:80", "8080:80/tcp"),
            ("8080:80/udp", "8080:80/udp"),
            ("8080:80/TCP", "8080:80/tcp"),
            ("127.0.0.1:8080:80", "127.0.0.1:8080:80/tcp"),
            ("127.0.0.1::80", "127.0.0.1::80/tcp"),
            ("[::1]:8080:80", "[::1]:8080:80/tcp"),
            ("[fd00:0:0::2]::53/udp", "[fd00::2]::53/udp"),
            ("0:80", "80/tcp"),
            (":80", "80/tcp"),
            ("::80", "80/tcp"),
            ("8000-8009:80", "8000-8009:80/tcp"),
            ("8000-8001:80-81", "8000:80/tcp 8001:81/tcp"),
            ("80-82/udp", "80/udp 81/udp 82/udp"),
            ("0.0.0.0:65535:65535", "0.0.0.0:65535:65535/tcp"),
        ]
    )
    func understood(text: String, meaning: String) throws {
        #expect(try PortMapping.parse(text).map(\.description).joined(separator: " ") == meaning)
    }

    @Test(
        "what is wrong is said",
        arguments: [
            ("", "the container's port is missing"),
            ("8080:", "the container's port is missing"),
            ("80/sctp", "the protocol is tcp or udp, not 'sctp'"),
            ("80/tcp/udp", "more than one /"),
            ("0", "the container's port '0' is not a number from 1 to 65535"),
            ("65536", "the container's port '65536' is not a number from 1 to 65535"),
            ("web:80", "the host's port 'web' is not a number from 0 to 65535"),
            ("+80:80", "the host's port '+80' is not a number from 0 to 65535"),
            ("-80", "the container's port '' is not a number"),
            ("80-79", "the range 80-79 ends before it begins"),
            ("1-2-3:80", "'1-2-3' is not a range of ports"),
            ("0-5:80", "begins at 1 or later"),
            ("8000-8001:80-82", "2 host ports can't be mapped to 3 container ports"),
            ("256.0.0.1:80:80", "'256.0.0.1' is not an IP address"),
            ("localhost:80:80", "'localhost' is not an IP address"),
            ("::1:8080:80", "an IPv6 address stands in brackets"),
            ("fe80::1:80", "an IPv6 address stands in brackets"),
            ("80:80:80:80", "it has 4 parts, of which there are three at most"),
            ("127.0.0.1:80:80:80:80", "it has 5 parts"),
            ("[127.0.0.1]:80:80", "only IPv6 addresses stand in brackets"),
            ("[::1:80:80", "a ] is missing"),
            ("[::1]80:80", "a colon must follow the address"),
            ("[::1]:1:2:3", "too many colons"),
        ]
    )
    func refused(text: String, reason: String) throws {
        let error = #expect(throws: NetworkError.self) { try PortMapping.parse(text) }
        #expect(error?.code == .invalidPortMapping)
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }

    @Test("ranges of equal length map port to port")
    func ranges() throws {
        let mappings = try PortMapping.parse("10.1.2.3:9000-9099:100-199/udp")
        #expect(mappings.count == 100)
        #expect(mappings[42].hostPort == 9042)
        #expect(mappings[42].containerPort == 142)
        #expect(mappings.allSatisfy { $0.hostAddress == IPAddress("10.1.2.3") && $0.transport == .udp })
    }

    @Test("a range of host ports for one container port is kept as a choice")
    func choice() throws {
        let mapping = try #require(PortMapping.parse("8000-8009:80").first)
        #expect(mapping.hostPorts == 8000...8009)
        #expect(mapping.hostPort == nil)
    }
}
