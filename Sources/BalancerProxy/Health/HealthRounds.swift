// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// Goes round a balancer's endpoints, on an event loop.
final class HealthRounds<Connector: UpstreamConnector>: EventSource {
    typealias Address = Connector.Address

    private struct Watch {
        var check: HealthCheck
        var effects: AgentEffects
        var isUnderWay = false
    }

    /// How often it is looked for endpoints that are due: 50 ms.
    private static var step: UInt64 { 50_000_000 }

    let id: SourceID
    private let balancer: LoadBalancer<Address>
    private let connector: Connector
    private let probe: HealthProbe
    private let configuration: HealthCheck.Configuration
    private let timeout: UInt64
    private let requests: AsyncStream<ConnectRequest<Address>>.Continuation
    private unowned let loop: EventLoop
    private var watches: [String: Watch] = [:]
    private var seed: UInt64 = 0

    init(
        balancer: LoadBalancer<Address>,
        connector: Connector,
        probe: HealthProbe,
        configuration: HealthCheck.Configuration,
        timeout: UInt64,
        requests: AsyncStream<ConnectRequest<Address>>.Continuation,
        loop: EventLoop
    ) {
        self.balancer = balancer
        self.connector = connector
        self.probe = probe
        self.configuration = configuration
        self.timeout = timeout
        self.requests = requests
        self.loop = loop
        id = loop.reserve()
    }

    /// Begins.
    func start() {
        loop.install(self, as: id)
        deadlinePassed()
    }

    /// Asks no more; what was found stands.
    func stop() {
        loop.remove(id)
    }

    func ready(_ events: ReadyEvents, channel: UInt8) {}

    func deadlinePassed() {
        let endpoints = balancer.endpoints
        let now = balancer.time.now()
        let present = Set(endpoints.map(\.id))
        watches = watches.filter { present.contains($0.key) }
        for endpoint in endpoints { look(at: endpoint, now) }
        loop.setDeadline(loop.now + Self.step, for: id)
    }

    private func look(at endpoint: Endpoint<Address>, _ now: Timestamp) {
        if watches[endpoint.id] == nil {
            seed += 1
            watches[endpoint.id] = Watch(
                check: HealthCheck(startingAt: now, configuration: configuration, seed: seed),
                effects: AgentEffects(weight: endpoint.weight)
            )
            try? balancer.apply([.setHealth(id: endpoint.id, .unhealthy)])
        }
        guard let watch = watches[endpoint.id], !watch.isUnderWay, watch.check.due <= now else { return }
        watches[endpoint.id]?.isUnderWay = true
        ask(endpoint)
    }

    private func ask(_ endpoint: Endpoint<Address>) {
        let id = endpoint.id
        ProbeConnection(probe, loop: loop) { [weak self] verdict in self?.take(verdict, of: id) }
            .begin(timeout: timeout) { connection in
                if let socket = try connector.socket(for: endpoint.address) { return Answer(socket) }
                requests.yield(
                    ConnectRequest(address: endpoint.address, connection: connection, attempt: 0, port: loop.port)
                )
                return nil
            }
    }

    private func take(_ verdict: ProbeReading.Verdict, of id: String) {
        guard watches[id] != nil, loop.source(self.id) != nil else { return }
        watches[id]?.isUnderWay = false
        var events: [EndpointEvent<Address>] = []
        var isWell = false
        if case .well(let report) = verdict {
            isWell = true
            if let report, let more = watches[id]?.effects.events(of: report, for: id, as: Address.self) {
                events += more
            }
        }
        if let health = watches[id]?.check.record(isWell, at: balancer.time.now()) {
            events.append(.setHealth(id: id, health))
        }
        // One that left meanwhile is none's concern.
        if !events.isEmpty { try? balancer.apply(events) }
    }
}
