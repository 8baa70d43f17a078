// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import Balancer

/// Forwards TCP connections to the endpoints that a balancer picks.
///
/// ```swift
/// let balancer = try LoadBalancer(policy: .roundRobin, endpoints: [
///     Endpoint(id: "web-1", address: try StreamAddress("10.0.0.1:80")),
///     Endpoint(id: "web-2", address: try StreamAddress("10.0.0.2:80")),
/// ])
/// let proxy = try TCPProxy(listeners: [TCPListener(.loopback(port: 8080))], balancer: balancer)
/// try await proxy.run()
/// ```
///
/// Endpoints change on the balancer, at any time. Bytes are read from one side only as fast as the other takes them; a
/// side that ends its stream can still receive; a side that breaks off makes the other see a reset.
public final class TCPProxy<Connector: UpstreamConnector>: Sendable {
    /// How connections are treated.
    public var configuration: TCPProxyConfiguration { core.configuration }
    /// Where clients find the proxy: the listeners' addresses, with the ports that were really bound.
    public var localAddresses: [StreamAddress] { core.listeners.map(\.localAddress) }
    /// Who picks the endpoints.
    public var balancer: LoadBalancer<Connector.Address> { core.balancer }
    /// What the proxy has done until now.
    public var counters: TCPProxyCounters { core.counters() }

    let core: TCPProxyCore<Connector>
    private let life: ProxyLife
    /// Held so that the threads outlive the proxy.
    private let threads: [EventLoopThread]

    /// Creates a proxy; clients are served from ``run()`` on.
    ///
    /// - Parameters:
    ///   - listeners: Where clients connect to; they belong to the proxy, and close when it has stopped.
    ///   - balancer: Picks an endpoint for each client.
    ///   - connector: Makes the sockets towards endpoints.
    ///   - configuration: How connections are treated.
    ///   - workers: The threads that do the work.
    /// - Throws: ``ProxyError`` if a configuration value is out of range or a thread can't be started.
    public init(
        listeners: [TCPListener],
        balancer: LoadBalancer<Connector.Address>,
        connector: Connector,
        configuration: TCPProxyConfiguration = TCPProxyConfiguration(),
        workers: ProxyWorkers = .shared
    ) throws(ProxyError) {
        try configuration.validate()
        threads = try workers.threads(for: "the proxy's threads")
        core = TCPProxyCore(
            configuration: configuration,
            listeners: listeners,
            balancer: balancer,
            connector: connector,
            ports: threads.map(\.port)
        )
        life = ProxyLife(shards: threads.count)
    }

    /// Serves clients until ``shutdown(within:)`` has ended or the task is cancelled, which closes all connections.
    ///
    /// - Throws: ``ProxyError`` with code `alreadyStarted` at a second call.
    public func run() async throws {
        try await life.run("proxy") {
            core.start { [life] in life.shardFinished() }
        } serving: {
            await life.perform(core.requests, endedBy: core.requestSink, with: core.connector)
        } stopping: {
            shutdown(within: .zero)
        }
    }

    /// Accepts no more clients, lets connections end by themselves, and closes the rest when the time is over.
    ///
    /// Returns at once; ``run()`` returns when the last connection has ended. A further call can bring the end closer.
    ///
    /// - Parameter time: How long connections may go on; the configuration's `drainTimeout` if not stated.
    public func shutdown(within time: Duration? = nil) {
        let deadline = MonotonicTime.now() + (time ?? configuration.drainTimeout).clampedNanoseconds
        if life.stop() { core.directory.onEvery { $0.stop(at: deadline) } }
    }

    /// Picks endpoints by another balancer from now on, so with another policy; connections that are there stay with
    /// their endpoints, and count with the balancer that placed them.
    ///
    /// - Parameter balancer: Picks an endpoint for each client.
    public func use(_ balancer: LoadBalancer<Connector.Address>) {
        core.use(balancer)
    }

    /// Closes the connections to an endpoint at once, such as one that was removed and has drained for long enough.
    ///
    /// - Parameter endpoint: The endpoint's name.
    public func disconnect(endpoint: String) {
        core.directory.onEvery { $0.disconnect(endpoint: endpoint) }
    }
}

extension TCPProxy where Connector == DirectConnector {
    /// Creates a proxy that reaches its endpoints by ordinary sockets.
    ///
    /// - Parameters:
    ///   - listeners: Where clients connect to; they belong to the proxy, and close when it has stopped.
    ///   - balancer: Picks an endpoint for each client.
    ///   - configuration: How connections are treated.
    ///   - workers: The threads that do the work.
    /// - Throws: ``ProxyError`` if a configuration value is out of range or a thread can't be started.
    public convenience init(
        listeners: [TCPListener],
        balancer: LoadBalancer<StreamAddress>,
        configuration: TCPProxyConfiguration = TCPProxyConfiguration(),
        workers: ProxyWorkers = .shared
    ) throws(ProxyError) {
        try self.init(
            listeners: listeners,
            balancer: balancer,
            connector: DirectConnector(),
            configuration: configuration,
            workers: workers
        )
    }
}
