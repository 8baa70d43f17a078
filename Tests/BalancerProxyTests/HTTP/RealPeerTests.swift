// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Foundation
import Testing

@testable import BalancerProxy

@Suite("Real servers and clients", .serialized)
struct RealPeerTests {
    @Test("files come through from nginx as they are, to curl in all its protocols", .tools("nginx", "curl"))
    func nginx() async throws {
        try await Tool.withDirectory { directory in
            let port = try UnusedPort.next()
            let content = String((0..<300_000).map { Character(Unicode.Scalar(UInt8(33 + $0 % 90))) })
            try content.write(toFile: directory + "/file", atomically: false, encoding: .utf8)
            try Self.nginxConfiguration(directory, port).write(
                toFile: directory + "/nginx.conf",
                atomically: false,
                encoding: .utf8
            )
            try await Tool.during("nginx", ["-p", directory, "-c", directory + "/nginx.conf"]) {
                let backend = StreamAddress.loopback(port: port)
                try await Tool.awaitListener(backend)
                try await withHTTPProxy(to: [Endpoint(id: "nginx", address: backend)]) { _, address in
                    for option in ["--http1.0", "--http1.1", "--http2-prior-knowledge"] {
                        let text = try await Tool.run("curl", "-sS", option, "http://\(address)/file")
                        #expect(text == content, "\(option)")
                    }
                    let missing = try await Tool.run(
                        "curl",
                        "-sS",
                        "-o",
                        "/dev/null",
                        "-w",
                        "%{http_code}",
                        "http://\(address)/no"
                    )
                    #expect(missing == "404")
                    let range = try await Tool.run("curl", "-sS", "-r", "10-19", "http://\(address)/file")
                    #expect(range == content.dropFirst(10).prefix(10))
                }
            }
        }
    }

    private static func nginxConfiguration(_ directory: String, _ port: UInt16) -> String {
        let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \(directory)/\($0);" }
        return """
            daemon off; pid \(directory)/pid; error_log \(directory)/error.log; user root;
            events { worker_connections 1000; }
            http { access_log off; \(paths.joined(separator: " "))
            server { listen 127.0.0.1:\(port); root \(directory); } }
            """
    }
}
