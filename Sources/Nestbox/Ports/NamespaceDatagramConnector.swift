// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import BalancerProxy
internal import ContainerNetwork
internal import Glibc
internal import SystemPackage

/// Reaches programs in containers that take datagrams: over their network, or over their own loopback by a socket that is
/// made in their network namespace.
struct NamespaceDatagramConnector: DatagramConnector {
    /// Where the proxy's threads live.
    let home: NetworkNamespace

    func socket(for address: ContainerPort) throws -> UpstreamSocket {
        switch address {
        case .loopback(let namespace, let port):
            let socket = try namespace.makeDatagramSocket(returningTo: home)
            return UpstreamSocket(unconnected: socket.rawValue, target: .loopback(port: port))
        case .address(let target, let isIPv6):
            let kind = CInt(bitPattern: SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
            let descriptor = Glibc.socket(isIPv6 ? AF_INET6 : AF_INET, kind, 0)
            guard descriptor >= 0 else { throw SystemFailure.last("socket") }
            return UpstreamSocket(unconnected: descriptor, target: target)
        }
    }
}
