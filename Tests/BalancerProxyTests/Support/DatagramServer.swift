// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Synchronization

@testable import BalancerProxy

/// A real server for datagrams on loopback; a datagram `stop` ends it, which closes its port.
final class DatagramServer: Sendable {
    let name: String
    let address: StreamAddress
    private let count = Atomic<Int>(0)

    /// How many datagrams have come.
    var datagrams: Int { count.load(ordering: .relaxed) }

    /// Serves with `answer` until the object is gone.
    init(
        _ name: String,
        at address: StreamAddress = .loopback(port: 0),
        answer: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) throws {
        self.name = name
        let peer = try DatagramPeer(at: address)
        self.address = try peer.address
        peer.serve { [weak self] bytes in
            guard bytes != Self.stop else { return nil }
            self?.count.add(1, ordering: .relaxed)
            return answer(bytes)
        }
    }

    deinit {
        end()
    }

    /// Ends the server; its port is closed when this returns.
    func end() {
        guard let peer = try? DatagramPeer(to: address) else { return }
        try? peer.send(Self.stop)
        peer.wait(seconds: 0, microseconds: 20_000)
        for _ in 0..<500 {
            // Refused, once no one listens.
            do { try peer.send(Self.stop) } catch { return }
            _ = try? peer.receive()
        }
    }

    private static let stop = Array("stop".utf8)

    /// Answers with its name.
    static func named(_ name: String) throws -> DatagramServer {
        try DatagramServer(name) { _ in Array(name.utf8) }
    }

    /// An endpoint of its name.
    var endpoint: Endpoint<StreamAddress> { Endpoint(id: name, address: address) }
}

/// Runs a proxy for datagrams in front of endpoints for as long as `body` takes.
func withDatagramProxy<Result>(
    to endpoints: [Endpoint<StreamAddress>],
    at addresses: [StreamAddress] = [.loopback(port: 0)],
    configure: (inout UDPProxyConfiguration) -> Void = { _ in },
    _ body: (UDPProxy<DirectDatagramConnector>, StreamAddress) async throws -> Result
) async throws -> Result {
    var configuration = UDPProxyConfiguration()
    configure(&configuration)
    let proxy = try UDPProxy(
        listeners: addresses.map { try UDPListener($0) },
        balancer: LoadBalancer(policy: .roundRobin, endpoints: endpoints),
        configuration: configuration
    )
    async let running: Void = proxy.run()
    do {
        let result = try await body(proxy, proxy.localAddresses[0])
        proxy.shutdown(within: .zero)
        try await running
        return result
    } catch {
        proxy.shutdown(within: .zero)
        throw error
    }
}
