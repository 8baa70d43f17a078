// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import BalancerProxy
internal import ContainerNetwork
internal import SystemPackage

/// Reaches programs in containers over the containers' own loopback: the socket is made in their network namespace.
struct NamespaceConnector: UpstreamConnector {
    /// Where the proxy's threads live.
    let home: NetworkNamespace

    func socket(for address: ContainerPort) throws -> UpstreamSocket? {
        try make(address)
    }

    @concurrent func connect(to address: ContainerPort) async throws -> UpstreamSocket {
        try make(address)
    }

    private func make(_ address: ContainerPort) throws -> UpstreamSocket {
        let socket = try address.namespace.makeStreamSocket(returningTo: home)
        return UpstreamSocket(unconnected: socket.rawValue, target: .loopback(port: address.port))
    }
}
