// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import Balancer
import Synchronization

/// Forwards datagrams to the endpoints that a balancer picks.
///
/// ```swift
/// let balancer = try LoadBalancer(policy: .leastRequests, endpoints: [
///     Endpoint(id: "dns-1", address: try StreamAddress("10.0.0.1:53")),
///     Endpoint(id: "dns-2", address: try StreamAddress("10.0.0.2:53")),
/// ])
/// let proxy = try UDPProxy(listeners: [UDPListener(.loopback(port: 5353))], balancer: balancer)
/// try await proxy.run()
/// ```
///
/// An endpoint is picked at a client's first datagram; what follows goes to the same one, and its answers come back,
/// until nothing has passed for a while or the endpoint leaves the balancer; one that drains keeps a client until it has
/// been quiet for a while. A client is an address and a port. The first datagram goes to another endpoint if the kernel says that no one listens at the one chosen; otherwise datagrams that
/// are lost are lost, as the protocol has it (RFC 768).
public final class UDPProxy<Connector: DatagramConnector>: Sendable {
    /// How clients are treated.
    public var configuration: UDPProxyConfiguration { core.configuration }
    /// Where clients find the proxy: the listeners' addresses, with the ports that were really bound.
    public var localAddresses: [StreamAddress] { core.listeners.map(\.localAddress) }
    /// Who picks the endpoints.
    public var balancer: LoadBalancer<Connector.Address> { core.balancer }
    /// What the proxy has done until now.
    public var counters: UDPProxyCounters { core.counters }
    /// How many clients wait for an endpoint.
    package var waiting: Int { core.waiting.load(ordering: .relaxed) }

    private let core: UDPProxyCore<Connector>
    private let life: ProxyLife
    /// Held so that the threads outlive the proxy.
    private let threads: [EventLoopThread]

    /// Creates a proxy; clients are served from ``run()`` on.
    ///
    /// - Parameters:
    ///   - listeners: Where clients send to; they belong to the proxy, and close with it.
    ///   - balancer: Picks an endpoint for each client.
    ///   - connector: Makes the sockets towards endpoints.
    ///   - configuration: How clients are treated.
    ///   - workers: The threads that do the work; each listener has one of them.
    /// - Throws: ``ProxyError`` if a configuration value is out of range or a thread can't be started.
    public init(
        listeners: [UDPListener],
        balancer: LoadBalancer<Connector.Address>,
        connector: Connector,
        configuration: UDPProxyConfiguration = UDPProxyConfiguration(),
        workers: ProxyWorkers = .shared
    ) throws(ProxyError) {
        try configuration.validate()
        threads = try workers.threads(for: "the proxy's threads")
        core = UDPProxyCore(
            configuration: configuration,
            listeners: listeners,
            balancer: balancer,
            connector: connector,
            ports: threads.map(\.port)
        )
        life = ProxyLife(shards: threads.count)
    }

    /// Serves clients until ``shutdown(within:)`` has ended or the task is cancelled, which forgets all of them.
    ///
    /// - Throws: ``ProxyError`` with code `alreadyStarted` at a second call.
    public func run() async throws {
        try await life.run("proxy") {
            core.start { [life] in life.shardFinished() }
        } stopping: {
            shutdown(within: .zero)
        }
    }

    /// Takes no more clients; those that are there go on until they are quiet or the time is over.
    ///
    /// Returns at once; ``run()`` returns when the last has ended. A further call can bring the end closer.
    ///
    /// - Parameter time: How long clients may go on; the configuration's `drainTimeout` if not stated.
    public func shutdown(within time: Duration? = nil) {
        let deadline = MonotonicTime.now() + (time ?? configuration.drainTimeout).clampedNanoseconds
        if life.stop() { core.directory.onEvery { $0.stop(at: deadline) } }
    }

    /// Picks endpoints by another balancer from now on, so with another policy; clients stay with their endpoints as long
    /// as the new balancer has endpoints of these names, and count with the balancer that placed them.
    ///
    /// - Parameter balancer: Picks an endpoint for each client.
    public func use(_ balancer: LoadBalancer<Connector.Address>) {
        core.use(balancer)
    }

    /// Forgets which clients were sent to an endpoint, so that their next datagrams go where the balancer says.
    ///
    /// That happens by itself soon after an endpoint has left the balancer.
    ///
    /// - Parameter endpoint: The endpoint's name.
    public func disconnect(endpoint: String) {
        core.directory.onEvery { $0.disconnect(endpoint: endpoint) }
    }
}

extension UDPProxy where Connector == DirectDatagramConnector {
    /// Creates a proxy that reaches its endpoints by ordinary sockets.
    ///
    /// - Parameters:
    ///   - listeners: Where clients send to; they belong to the proxy, and close with it.
    ///   - balancer: Picks an endpoint for each client.
    ///   - configuration: How clients are treated.
    ///   - workers: The threads that do the work; each listener has one of them.
    /// - Throws: ``ProxyError`` if a configuration value is out of range or a thread can't be started.
    public convenience init(
        listeners: [UDPListener],
        balancer: LoadBalancer<StreamAddress>,
        configuration: UDPProxyConfiguration = UDPProxyConfiguration(),
        workers: ProxyWorkers = .shared
    ) throws(ProxyError) {
        try self.init(
            listeners: listeners,
            balancer: balancer,
            connector: DirectDatagramConnector(),
            configuration: configuration,
            workers: workers
        )
    }
}
