// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import Balancer
import Synchronization

/// Asks a balancer's endpoints again and again whether they are well, and tells the balancer.
///
/// ```swift
/// let checker = try HealthChecker(balancer: balancer, connector: DirectConnector(), probe: .http(path: "/health"))
/// try await checker.run()
/// ```
///
/// An endpoint takes no requests before its first good answer, unless none is well. With ``HealthProbe/agent(greeting:)``
/// endpoints state their weight and readiness too.
public final class HealthChecker<Connector: UpstreamConnector>: Sendable {
    private let balancer: LoadBalancer<Connector.Address>
    private let connector: Connector
    private let probe: HealthProbe
    private let configuration: HealthCheck.Configuration
    private let timeout: UInt64
    private let threads: [EventLoopThread]
    private let hasStarted = Atomic(false)

    /// Creates a checker; it begins with ``run()``.
    ///
    /// - Parameters:
    ///   - balancer: Whose endpoints are asked, and who is told.
    ///   - connector: Makes the sockets towards endpoints.
    ///   - probe: How they are asked.
    ///   - configuration: How often, and how many answers decide (HAProxy's `inter`, `rise` and `fall`).
    ///   - timeout: How long an answer may take; more than zero.
    ///   - workers: The threads of which one does the work.
    /// - Throws: ``ProxyError`` if a thread can't be started, or the timeout is not positive.
    public init(
        balancer: LoadBalancer<Connector.Address>,
        connector: Connector,
        probe: HealthProbe = .tcp,
        configuration: HealthCheck.Configuration = HealthCheck.Configuration(),
        timeout: Duration = .seconds(2),
        workers: ProxyWorkers = .shared
    ) throws(ProxyError) {
        guard timeout > .zero else {
            throw ProxyError(.invalidConfiguration, "the health check's timeout must be positive, not \(timeout)")
        }
        threads = try workers.threads(for: "the health checker's thread")
        self.balancer = balancer
        self.connector = connector
        self.probe = probe
        self.configuration = configuration
        self.timeout = timeout.clampedNanoseconds
    }

    /// Asks until the task is cancelled.
    ///
    /// - Throws: ``ProxyError`` with code `alreadyStarted` at a second call.
    public func run() async throws {
        guard !hasStarted.exchange(true, ordering: .acquiringAndReleasing), let port = threads.first?.port else {
            throw ProxyError(.alreadyStarted, "a health checker runs only once, and this one was started before")
        }
        let (requests, sink) = AsyncStream.makeStream(of: ConnectRequest<Connector.Address>.self)
        let id = await begin(on: port, sink)
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { [connector] group in
                for await request in requests {
                    group.addTask { await request.perform(connector) }
                }
                group.cancelAll()
            }
        } onCancel: {
            sink.finish()
        }
        port.submit { loop in (loop.source(id) as? HealthRounds<Connector>)?.stop() }
    }

    private func begin(
        on port: EventLoopPort,
        _ sink: AsyncStream<ConnectRequest<Connector.Address>>.Continuation
    ) async -> SourceID {
        await withCheckedContinuation { [balancer, connector, probe, configuration, timeout] continuation in
            port.submit { loop in
                let rounds = HealthRounds(
                    balancer: balancer,
                    connector: connector,
                    probe: probe,
                    configuration: configuration,
                    timeout: timeout,
                    requests: sink,
                    loop: loop
                )
                rounds.start()
                continuation.resume(returning: rounds.id)
            }
        }
    }
}
