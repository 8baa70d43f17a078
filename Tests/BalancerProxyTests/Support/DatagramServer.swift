// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Synchronization

@testable import BalancerProxy

/// A real server for datagrams on loopback; a datagram that no other server knows ends it, which closes its port.
final class DatagramServer: Sendable {
    let name: String
    let address: StreamAddress
    private let peer: DatagramPeer
    private let stop = Array("stop \(UInt64.random(in: 0...(.max)))".utf8)
    private let count = Atomic<Int>(0)

    /// How many datagrams have come.
    var datagrams: Int { count.load(ordering: .relaxed) }

    /// Serves with `answer` until the object is gone.
    init(
        _ name: String,
        at address: StreamAddress? = nil,
        answer: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) throws {
        self.name = name
        self.address = try address ?? UnusedPort.address()
        peer = try DatagramPeer(at: self.address)
        peer.serve { [weak self, stop] bytes in
            guard bytes != stop else { return nil }
            self?.count.add(1, ordering: .relaxed)
            return answer(bytes)
        }
    }

    deinit {
        end()
    }

    /// Ends the server; its port is closed when this returns.
    func end() {
        guard peer.isOpen, let client = try? DatagramPeer(to: address) else { return }
        try? client.send(stop)
        for _ in 0..<10_000 where peer.isOpen { Thread.pause(milliseconds: 1) }
    }

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
