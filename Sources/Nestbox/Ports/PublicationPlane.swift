// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Balancer
internal import BalancerProxy

/// What is spoken at a published port: connections or datagrams of which nothing is understood, or HTTP.
enum PublicationPlane: Sendable {
    case tcp(TCPProxy<NamespaceConnector>)
    case http(HTTPProxy<NamespaceConnector>)
    case udp(UDPProxy<NamespaceDatagramConnector>)

    /// Serves clients until it is shut down or the task is cancelled.
    func run() async {
        switch self {
        case .tcp(let proxy): try? await proxy.run()
        case .http(let proxy): try? await proxy.run()
        case .udp(let proxy): try? await proxy.run()
        }
    }

    /// Picks containers by another balancer from now on.
    func use(_ balancer: LoadBalancer<ContainerPort>) {
        switch self {
        case .tcp(let proxy): proxy.use(balancer)
        case .http(let proxy): proxy.use(balancer)
        case .udp(let proxy): proxy.use(balancer)
        }
    }

    func shutdown(within time: Duration) {
        switch self {
        case .tcp(let proxy): proxy.shutdown(within: time)
        case .http(let proxy): proxy.shutdown(within: time)
        case .udp(let proxy): proxy.shutdown(within: time)
        }
    }

    /// How many clients or requests wait for a container.
    ///
    /// - Parameter inFlight: How many have one.
    /// - Returns: How many have none.
    func waiting(inFlight: Int) -> Int {
        switch self {
        case .tcp(let proxy): max(0, proxy.counters.active - inFlight)
        case .http(let proxy): proxy.counters.waiting
        case .udp(let proxy): proxy.waiting
        }
    }

    /// Takes note that a container has gone.
    ///
    /// Connections to it break by themselves; who sends datagrams would go on sending them into the void.
    func disconnect(_ identifier: String) {
        if case .udp(let proxy) = self { proxy.disconnect(endpoint: identifier) }
    }

    /// Whether a container reports its load itself, with its answers.
    func hasReports(of identifier: String) -> Bool {
        guard case .http(let proxy) = self else { return false }
        return proxy.counters.endpoints[identifier]?.loadReports ?? 0 > 0
    }
}
