// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageBuilder
import Testing

@Suite("Ports of EXPOSE")
struct ExposedPortTests {
    @Test(
        "a port becomes what the image configuration names it",
        arguments: [
            ("80", ["80/tcp"]), ("53/udp", ["53/udp"]), ("1-3/SCTP", ["1/sctp", "2/sctp", "3/sctp"]),
            ("80/", ["80/tcp"]),
            ("8080:80", ["80/tcp"]), ("127.0.0.1:8080:80/tcp", ["80/tcp"]), ("[::1]:1:2", ["2/tcp"]),
            ("1-2:80", ["80/tcp"]),
            ("0", ["0/tcp"]),
        ]
    )
    func ports(text: String, ports: [String]) throws {
        #expect(try ExposedPort(text).ports == ports)
    }

    @Test(
        "what is no port is refused",
        arguments: [
            "", "x", "65536", "-1", "3-1", "80/http", "1-2:1-3", "300.1.1.1:1:2", "x:80", ":80-", "1-2-3",
        ]
    )
    func refused(text: String) {
        #expect(throws: ValueError.self) { try ExposedPort(text) }
    }
}
