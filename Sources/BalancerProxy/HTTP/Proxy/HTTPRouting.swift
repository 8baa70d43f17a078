// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Synchronization

/// How an HTTP proxy's threads find endpoints: its balancer, its connector, and the sockets that take their time.
final class HTTPRouting<Connector: UpstreamConnector>: Sendable {
    typealias Address = Connector.Address

    private let connector: Connector
    private let current: Mutex<LoadBalancer<Address>>
    private let requests: AsyncStream<ConnectRequest<Address>>
    private let sink: AsyncStream<ConnectRequest<Address>>.Continuation

    init(balancer: LoadBalancer<Address>, connector: Connector) {
        self.connector = connector
        current = Mutex(balancer)
        (requests, sink) = AsyncStream.makeStream()
    }

    var balancer: LoadBalancer<Address> { current.withLock { $0 } }

    /// Makes a part of the proxy on each thread, which accepts from then on.
    func start(_ core: HTTPProxyCore, finished: @escaping @Sendable () -> Void) {
        core.directory.begin { [self] loop, index in
            let worker = HTTPWorker(core: core, loop: loop, index: index, finished: finished)
            worker.start(BalancedRouter(balancer: balancer, connector: connector, requests: sink, worker: worker))
            return worker.id
        }
    }

    /// Picks by another balancer from now on.
    func use(_ balancer: LoadBalancer<Address>, _ core: HTTPProxyCore) {
        current.withLock { $0 = balancer }
        core.directory.onEvery { worker in
            (worker.router as? BalancedRouter<Connector>)?.adopt(balancer)
        }
    }

    /// Waits for the sockets that the connector takes its time for, until the proxy has finished.
    func serveConnects(until life: ProxyLife) async {
        await life.perform(requests, endedBy: sink, with: connector)
    }
}
