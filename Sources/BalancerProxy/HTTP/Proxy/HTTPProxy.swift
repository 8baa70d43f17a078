// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import Balancer

/// A reverse proxy for HTTP that sends each request where a balancer says.
///
/// ```swift
/// let balancer = try LoadBalancer(policy: .leastRequests, endpoints: [
///     Endpoint(id: "web-1", address: try StreamAddress("10.0.0.1:80")),
///     Endpoint(id: "web-2", address: try StreamAddress("10.0.0.2:80")),
/// ])
/// let proxy = try HTTPProxy(listeners: [TCPListener(.loopback(port: 8080))], balancer: balancer)
/// try await proxy.run()
/// ```
///
/// Each request is balanced for itself, also when clients keep their connections. Endpoints change on the balancer, at
/// any time, and no request is lost by it. Bodies pass through as they come, in both directions, and are never gathered:
/// a side that takes no more makes the other wait. What two readers could understand differently is refused.
public final class HTTPProxy<Connector: UpstreamConnector>: Sendable {
    /// How clients and endpoints are treated.
    public var configuration: HTTPProxyConfiguration { core.settings.configuration }
    /// Where clients find the proxy: the listeners' addresses, with the ports that were really bound.
    public var localAddresses: [StreamAddress] { core.listeners.map(\.socket.localAddress) }
    /// Who picks the endpoints.
    public var balancer: LoadBalancer<Connector.Address> { routing.balancer }
    /// What the proxy has done until now; ``HTTPProxyCounters/prometheusText(prefix:)`` writes it for Prometheus.
    public var counters: HTTPProxyCounters { core.counters }

    let core: HTTPProxyCore
    private let routing: HTTPRouting<Connector>
    private let life: ProxyLife
    /// Held so that the threads outlive the proxy.
    private let threads: [EventLoopThread]

    /// Creates a proxy; clients are served from ``run()`` on.
    ///
    /// - Parameters:
    ///   - listeners: Where clients connect to; they belong to the proxy, and close when it has stopped.
    ///   - balancer: Picks an endpoint for each request.
    ///   - connector: Makes the sockets towards endpoints.
    ///   - configuration: How clients and endpoints are treated.
    ///   - workers: The threads that do the work.
    /// - Throws: ``ProxyError`` if a configuration value is out of range or a thread can't be started.
    public init(
        listeners: [ProxyListener],
        balancer: LoadBalancer<Connector.Address>,
        connector: Connector,
        configuration: HTTPProxyConfiguration = HTTPProxyConfiguration(),
        workers: ProxyWorkers = .shared
    ) throws(ProxyError) {
        try configuration.validate()
        threads = try workers.threads(for: "the proxy's threads")
        core = HTTPProxyCore(
            settings: HTTPSettings(configuration),
            listeners: listeners,
            ports: threads.map(\.port)
        )
        routing = HTTPRouting(balancer: balancer, connector: connector)
        life = ProxyLife(shards: threads.count)
    }

    /// Serves clients until ``shutdown(within:)`` has ended or the task is cancelled, which breaks all requests off.
    ///
    /// - Throws: ``ProxyError`` with code `alreadyStarted` at a second call.
    public func run() async throws {
        try await life.run("proxy") {
            routing.start(core) { [life] in life.shardFinished() }
        } serving: {
            await routing.serveConnects(until: life)
        } stopping: {
            shutdown(within: .zero)
        }
    }

    /// Takes no more clients, answers the requests that are there and those that come on connections within a moment,
    /// and breaks off what is left when the time is over.
    ///
    /// Returns at once; ``run()`` returns when the last connection has ended. A further call can bring the end closer.
    ///
    /// - Parameter time: How long requests may go on; the configuration's `drainTimeout` if not stated.
    public func shutdown(within time: Duration? = nil) {
        let deadline = MonotonicTime.now() + (time ?? configuration.drainTimeout).clampedNanoseconds
        if life.stop() { core.directory.onEvery { $0.stop(at: deadline) } }
    }

    /// Picks endpoints by another balancer from now on, so with another policy; requests on their way end as they would.
    ///
    /// - Parameter balancer: Picks an endpoint for each request.
    public func use(_ balancer: LoadBalancer<Connector.Address>) {
        routing.use(balancer, core)
    }

    /// Breaks off the requests to an endpoint at once, such as one that was removed and has drained for long enough.
    ///
    /// - Parameter endpoint: The endpoint's name.
    public func disconnect(endpoint: String) {
        core.directory.onEvery { $0.disconnect(endpoint: endpoint) }
    }
}

extension HTTPProxy {
    /// Creates a proxy whose clients speak HTTP from their first byte.
    ///
    /// - Parameters:
    ///   - listeners: Where clients connect to; they belong to the proxy, and close when it has stopped.
    ///   - balancer: Picks an endpoint for each request.
    ///   - connector: Makes the sockets towards endpoints.
    ///   - configuration: How clients and endpoints are treated.
    ///   - workers: The threads that do the work.
    /// - Throws: ``ProxyError`` if a configuration value is out of range or a thread can't be started.
    public convenience init(
        listeners: [TCPListener],
        balancer: LoadBalancer<Connector.Address>,
        connector: Connector,
        configuration: HTTPProxyConfiguration = HTTPProxyConfiguration(),
        workers: ProxyWorkers = .shared
    ) throws(ProxyError) {
        try self.init(
            listeners: listeners.map { ProxyListener($0) },
            balancer: balancer,
            connector: connector,
            configuration: configuration,
            workers: workers
        )
    }
}

extension HTTPProxy where Connector == DirectConnector {
    /// Creates a proxy that reaches its endpoints by ordinary sockets, with listeners that ask for more than HTTP.
    ///
    /// - Parameters:
    ///   - listeners: Where clients connect to; they belong to the proxy, and close when it has stopped.
    ///   - balancer: Picks an endpoint for each request.
    ///   - configuration: How clients and endpoints are treated.
    ///   - workers: The threads that do the work.
    /// - Throws: ``ProxyError`` if a configuration value is out of range or a thread can't be started.
    public convenience init(
        listeners: [ProxyListener],
        balancer: LoadBalancer<StreamAddress>,
        configuration: HTTPProxyConfiguration = HTTPProxyConfiguration(),
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

    /// Creates a proxy that reaches its endpoints by ordinary sockets.
    ///
    /// - Parameters:
    ///   - listeners: Where clients connect to; they belong to the proxy, and close when it has stopped.
    ///   - balancer: Picks an endpoint for each request.
    ///   - configuration: How clients and endpoints are treated.
    ///   - workers: The threads that do the work.
    /// - Throws: ``ProxyError`` if a configuration value is out of range or a thread can't be started.
    public convenience init(
        listeners: [TCPListener],
        balancer: LoadBalancer<StreamAddress>,
        configuration: HTTPProxyConfiguration = HTTPProxyConfiguration(),
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
