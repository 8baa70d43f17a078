// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// Live endpoints under a policy: events go in, ``Picker``s choose.
///
/// ```swift
/// let balancer = try LoadBalancer(policy: .roundRobin, endpoints: [Endpoint("10.0.0.1:80"), Endpoint("10.0.0.2:80")])
/// let picker = balancer.makePicker()                      // one for each event loop
/// if let pick = picker.pick() {
///     let outcome = send(request, to: pick.address)
///     balancer.complete(pick, outcome)
/// }
/// ```
///
/// Events take a lock and may rebuild tables; picks and completions do not.
public final class LoadBalancer<Address: Sendable>: Sendable {
    /// What holds around the policy.
    public let configuration: BalancerConfiguration
    /// The rule by which requests are spread.
    public let policy: any Policy
    /// Where the time comes from when a call does not state it.
    public let time: TimeSource

    let arena: LoadArena
    let countsTotal: Bool
    /// Nanoseconds.
    private let latencyDecay: Double?
    let version = Atomic<Int>(0)
    private let streams = Atomic<UInt64>(0)
    private let state: Mutex<BalancerState<Address>>

    /// Creates a balancer.
    ///
    /// - Parameters:
    ///   - policy: The rule by which requests are spread.
    ///   - endpoints: The endpoints to begin with; may be empty.
    ///   - configuration: What holds around the policy.
    ///   - time: Where the time comes from when a call does not state it.
    /// - Throws: ``BalancerError`` if two endpoints have one name.
    public init(
        policy: any Policy,
        endpoints: [Endpoint<Address>] = [],
        configuration: BalancerConfiguration = BalancerConfiguration(),
        time: TimeSource = .continuous
    ) throws(BalancerError) {
        let arena = LoadArena()
        self.policy = policy
        self.configuration = configuration
        self.time = time
        self.arena = arena
        countsTotal = policy.needsTotalInFlight || configuration.maxInFlight != nil
        latencyDecay = policy.latencyDecay.map { max(1, Double($0.wholeNanoseconds)) }
        var registry = EndpointRegistry<Address>(arena: arena)
        let now = time.now()
        try registry.apply(.replaceAll(endpoints), at: now)
        registry.finishSetUp()
        state = Mutex(BalancerState(registry: registry, policy: policy, configuration: configuration, now: now))
    }

    /// Makes a picker for one thread or event loop.
    public func makePicker() -> Picker<Address> {
        let stream = streams.add(1, ordering: .relaxed).oldValue
        return Picker(balancer: self, seed: SeededGenerator.seed(configuration.seed, stream: stream))
    }

    /// Replaces the set of endpoints: others leave, known names keep their counters and history.
    ///
    /// - Parameters:
    ///   - endpoints: The set from now on.
    ///   - now: The present time; read from the balancer's source if not stated.
    /// - Throws: ``BalancerError`` if two endpoints have one name; nothing has changed then.
    public func update(_ endpoints: [Endpoint<Address>], at now: Timestamp? = nil) throws(BalancerError) {
        try apply([.replaceAll(endpoints)], at: now)
    }

    /// Applies events in order, as one change: either all or, if one is invalid, none.
    ///
    /// - Parameters:
    ///   - events: What happened.
    ///   - now: The present time; read from the balancer's source if not stated.
    /// - Throws: ``BalancerError`` if an event names an unknown endpoint or a set repeats a name.
    public func apply(_ events: [EndpointEvent<Address>], at now: Timestamp? = nil) throws(BalancerError) {
        let now = now ?? time.now()
        try state.withLock { (state) throws(BalancerError) in
            try state.apply(events, at: now)
            version.store(state.published.version, ordering: .releasing)
        }
    }

    /// Does what is due by the clock: refreshes plans and frees what endpoints that left have held.
    ///
    /// - Parameter now: The present time; read from the balancer's source if not stated.
    /// - Returns: When to call again at the latest; nothing is due by the clock if there is none.
    @discardableResult
    public func advance(to now: Timestamp? = nil) -> Timestamp? {
        let now = now ?? time.now()
        return state.withLock { state in
            let next = state.advance(to: now)
            version.store(state.published.version, ordering: .releasing)
            return next
        }
    }

    /// Says how a request ended, so that it no longer counts as in flight.
    ///
    /// - Parameters:
    ///   - pick: The request; each is completed exactly once.
    ///   - outcome: How it ended.
    ///   - latency: How long it took; from pick to now if not stated.
    ///   - now: The present time; read from the balancer's source if not stated.
    public func complete(
        _ pick: Pick<Address>,
        _ outcome: Outcome,
        latency: Duration? = nil,
        at now: Timestamp? = nil
    ) {
        let record = pick.record
        guard record.load.generation == record.generation else { return }
        let now = now ?? time.now()
        record.load.release(started: pick.started, at: now)
        if countsTotal {
            arena.totalInFlight.subtract(1, ordering: .relaxed)
        }
        if let detection = configuration.outlierDetection, outcome != .cancelled {
            if record.load.note(outcome, by: detection) {
                eject(record, at: now)
            }
        }
        if let latencyDecay, outcome != .cancelled {
            let measured = latency?.wholeNanoseconds ?? now.nanoseconds(since: pick.started)
            record.load.observe(latency: measured, failed: outcome.isFailure, at: now, decay: latencyDecay)
        }
    }

    /// Takes in a load report that came with an answer.
    ///
    /// - Parameters:
    ///   - report: What the endpoint says of itself.
    ///   - pick: The request that it answered, completed or not.
    ///   - now: The present time; read from the balancer's source if not stated.
    /// - Returns: Whether the report could be used: its numbers are in range and the endpoint is still there.
    @discardableResult
    public func report(_ report: LoadReport, for pick: Pick<Address>, at now: Timestamp? = nil) -> Bool {
        take(report, from: pick.record, at: now ?? time.now())
    }

    /// Takes in a load report that came by itself.
    ///
    /// - Parameters:
    ///   - report: What the endpoint says of itself.
    ///   - id: The endpoint's name.
    ///   - now: The present time; read from the balancer's source if not stated.
    /// - Returns: Whether the report could be used: its numbers are in range and the endpoint exists.
    @discardableResult
    public func report(_ report: LoadReport, from id: String, at now: Timestamp? = nil) -> Bool {
        guard let record = state.withLock({ $0.record(of: id) }) else { return false }
        return take(report, from: record, at: now ?? time.now())
    }

    private func take(_ report: LoadReport, from record: EndpointRecord<Address>, at now: Timestamp) -> Bool {
        guard report.isValid, record.load.generation == record.generation else { return false }
        record.load.take(report, at: now, expiry: configuration.reportExpiry.wholeNanoseconds)
        return true
    }

    private func eject(_ record: EndpointRecord<Address>, at now: Timestamp) {
        state.withLock { state in
            state.eject(slot: record.slot, at: now)
            version.store(state.published.version, ordering: .releasing)
        }
    }

    /// The state of each endpoint, in the order of the set.
    public func status() -> [EndpointStatus] {
        state.withLock { $0.status() }
    }

    /// The endpoints as they are described now, in the order of the set.
    public var endpoints: [Endpoint<Address>] {
        state.withLock { $0.endpoints }
    }

    /// The number of requests in flight on the named endpoint.
    ///
    /// - Parameter id: The endpoint's name.
    /// - Returns: The number, or nil if there is no endpoint of that name.
    public func inFlight(on id: String) -> Int? {
        state.withLock { $0.record(of: id)?.load.inFlight }
    }

    func publishedState() -> Published<Address> {
        state.withLock { $0.published }
    }
}
