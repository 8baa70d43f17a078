// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Foundation
import Testing

@testable import BalancerProxy

@Suite("TLS", .serialized, .tools("openssl", "curl"))
struct TLSTests {
    /// Runs a proxy that clients reach by TLS.
    private func withTLSProxy(
        to endpoints: [Endpoint<StreamAddress>],
        configure: (inout HTTPProxyConfiguration) throws -> Void = { _ in },
        _ body: (HTTPProxy<DirectConnector>, StreamAddress, String) async throws -> Void
    ) async throws {
        try await Tool.withDirectory { directory in
            let files = try await Tool.certificate(in: directory)
            let tls = try TLSServer(certificateChain: files.chain, privateKey: files.key)
            var configuration = HTTPProxyConfiguration()
            try configure(&configuration)
            let proxy = try HTTPProxy(
                listeners: [ProxyListener(TCPListener(.loopback(port: 0)), tls: tls)],
                balancer: LoadBalancer(policy: .roundRobin, endpoints: endpoints),
                configuration: configuration
            )
            async let running: Void = proxy.run()
            defer { proxy.shutdown(within: .zero) }
            try await body(proxy, proxy.localAddresses[0], files.chain)
            proxy.shutdown(within: .zero)
            try await running
        }
    }

    @Test("HTTP/2 and HTTP/1.1 are agreed on by ALPN, and the endpoint is told of https", arguments: ["2", "1.1"])
    func alpn(version: String) async throws {
        let backend = try HTTPBackend { HTTPBackend.ok("\($0.value("X-Forwarded-Proto") ?? "none")") }
        try await withTLSProxy(to: endpoints([backend])) { _, address, certificate in
            let output = try await Tool.run(
                "curl",
                "-sS",
                "--http\(version)",
                "--cacert",
                certificate,
                "-w",
                " %{http_version}",
                "https://\(address)/"
            )
            #expect(output == "https \(version)")
        }
    }

    @Test(
        "bodies of every size come through encrypted",
        arguments: [0, 1, 20_000, 700_000],
        ["--http1.1", "--http2"]
    )
    func bodies(size: Int, option: String) async throws {
        let backend = try HTTPBackend {
            HTTPBackend.ok("\($0.body.count)" + String(repeating: "x", count: $0.body.count))
        }
        try await withTLSProxy(to: endpoints([backend])) { _, address, certificate in
            try await Tool.withDirectory { directory in
                let file = directory + "/body"
                try String(repeating: "y", count: size).write(toFile: file, atomically: false, encoding: .utf8)
                let output = try await Tool.run(
                    "curl",
                    "-sS",
                    option,
                    "--cacert",
                    certificate,
                    "--data-binary",
                    "@\(file)",
                    "https://\(address)/"
                )
                #expect(output == "\(size)" + String(repeating: "x", count: size))
            }
        }
    }

    @Test("who speaks no TLS, or an old version, is turned away, and the proxy goes on")
    func refused() async throws {
        let backend = try HTTPBackend(text: "ok")
        let configure = { (configuration: inout HTTPProxyConfiguration) in
            configuration.timeouts.handshake = .milliseconds(300)
        }
        try await withTLSProxy(to: endpoints([backend]), configure: configure) { proxy, address, certificate in
            let plain = try await RawClient(address)
            try await plain.send(get())
            #expect(await eventually { proxy.counters.active == 0 })
            let silent = try await RawClient(address)
            #expect(try await silent.remainder().isEmpty)
            let old = try await Tool.run(
                "curl",
                "-sS",
                "--tls-max",
                "1.1",
                "--cacert",
                certificate,
                "https://\(address)/"
            )
            #expect(old.contains("curl:"))
            #expect(try await Tool.run("curl", "-sS", "--cacert", certificate, "https://\(address)/") == "ok")
            #expect(backend.requests.count == 1)
        }
    }

    @Test("endpoints are reached by TLS, and one that can't prove its name is not")
    func upstream() async throws {
        let backend = try HTTPBackend(text: "inner")
        try await withTLSProxy(to: endpoints([backend])) { _, inner, certificate in
            let endpoint = Endpoint(id: "inner", address: inner)
            for (name, status) in [("localhost", 200), ("other.example", 503)] {
                let tls = try TLSClient(trust: .certificates(in: certificate), serverName: name)
                try await withHTTPProxy(to: [endpoint], configure: { $0.upstreamTLS = tls }) { _, address in
                    let client = try await RawClient(address)
                    for _ in 0..<5 {
                        let answer = try await client.ask(get())
                        #expect(answer.status == status)
                        if status == 200 { #expect(answer.body == "inner") }
                    }
                }
            }
        }
    }

    @Test("a certificate that can't be used is refused before anything begins")
    func badCertificate() async throws {
        try await Tool.withDirectory { directory in
            let one = try await Tool.certificate(in: directory)
            let error = #expect(throws: ProxyError.self) {
                try TLSServer(certificateChain: one.chain, privateKey: directory + "/missing.pem")
            }
            #expect(error?.code == .invalidCertificate)
            #expect(error?.message.contains("missing.pem") == true)
            #expect(throws: ProxyError.self) { try TLSClient(serverName: nil) }
        }
    }
}
