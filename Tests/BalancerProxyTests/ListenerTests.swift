// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Glibc
import Testing

@testable import BalancerProxy

@Suite("Listeners and addresses")
struct ListenerTests {
    @Test("port 0 becomes a real port, which is taken at once")
    func ephemeral() throws {
        let listener = try TCPListener(.loopback(port: 0))
        let port = try #require(listener.localAddress.port)
        #expect(port > 0)
        let error = #expect(throws: ProxyError.self) { try TCPListener(.loopback(port: port)) }
        #expect(error?.code == .addressInUse)
        #expect(error?.description == "another program listens on 127.0.0.1:\(port) (bind: EADDRINUSE)")
    }

    @Test("an address of another host is refused by name")
    func foreignAddress() throws {
        let error = #expect(throws: ProxyError.self) { try TCPListener(StreamAddress("192.0.2.1:0")) }
        #expect(error?.code == .addressNotAvailable)
        #expect(error?.message == "192.0.2.1:0 is not an address of this host")
    }

    @Test("a Unix socket can be listened on and connected to")
    func unixSocket() async throws {
        let path = "/tmp/nestbox-proxy-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).sock"
        defer { unlink(path) }
        let address = try StreamAddress("unix:\(path)")
        let server = try TestServer.greeter("by path")
        let proxy = try TCPProxy(
            listeners: [TCPListener(address)],
            balancer: LoadBalancer(policy: .roundRobin, endpoints: endpoints([server]))
        )
        async let running: Void = proxy.run()
        let answer = try await Thread.run { try TestSocket(to: address).readToEnd() }
        #expect(String(decoding: answer, as: UTF8.self) == "by path")
        proxy.shutdown()
        try await running
    }

    @Test("a descriptor that does not listen is refused")
    func adopting() throws {
        let socket = try StreamSocket.make(family: AF_INET)
        let error = #expect(throws: ProxyError.self) { try TCPListener(adopting: dup(socket.number)) }
        #expect(error?.code == .systemFailure)
    }

    @Test("values out of range are refused before anything runs")
    func configuration() throws {
        let listener = try TCPListener(.loopback(port: 0))
        for change: (inout TCPProxyConfiguration) -> Void in [
            { $0.maxConnections = 0 }, { $0.maxConnectAttempts = 0 }, { $0.connectTimeout = .zero },
            { $0.idleTimeout = .zero }, { $0.endpointWait = .seconds(-1) }, { $0.drainTimeout = .seconds(-1) },
        ] {
            var configuration = TCPProxyConfiguration()
            change(&configuration)
            let error = #expect(throws: ProxyError.self) {
                try TCPProxy(
                    listeners: [listener],
                    balancer: LoadBalancer<StreamAddress>(policy: .roundRobin),
                    configuration: configuration
                )
            }
            #expect(error?.code == .invalidConfiguration)
        }
    }

    @Test(
        "addresses are read and written",
        arguments: [
            ("127.0.0.1:80", "127.0.0.1:80"), ("[::1]:8080", "[::1]:8080"), ("[fd00:0::0001]:1", "[fd00::1]:1"),
            ("[fe80::1%2]:9", "[fe80::1%2]:9"), ("unix:/run/app.sock", "unix:/run/app.sock"),
            ("0.0.0.0:0", "0.0.0.0:0"),
        ]
    )
    func addresses(text: String, written: String) throws {
        #expect(try StreamAddress(text).description == written)
    }

    @Test(
        "what is no address is refused",
        arguments: [
            "", "80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+1", "localhost:80",
            "1.2.3:80", "[::1:80", "[::1]80", "[::g]:80", "unix:", "unix:relative", "unix:/a\0b",
            "unix:/\(String(repeating: "a", count: 108))",
        ]
    )
    func noAddress(text: String) {
        let error = #expect(throws: ProxyError.self) { try StreamAddress(text) }
        #expect(error?.code == .invalidAddress)
    }
}
