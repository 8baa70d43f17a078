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

    @usableFromInline let arena: LoadArena
    @usableFromInline let arenaIdentity: UInt64
    /// Whether picks and completions keep the number of requests in flight over all endpoints.
    let countsTotal: Bool
    /// Whether they keep how long requests were in flight.
    let countsTime: Bool
    /// Whether a completion does more than to count a request out.
    @usableFromInline let completesMore: Bool
    /// Nanoseconds.
    private let latencyDecay: Double?
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
    @inlinable
    public convenience init(
        policy: any Policy,
        endpoints: [Endpoint<Address>] = [],
        configuration: BalancerConfiguration = BalancerConfiguration(),
        time: TimeSource = .continuous
    ) throws(BalancerError) {
        let records = endpoints.map { EndpointRecord($0) }
        try self.init(records: records, policy: policy, configuration: configuration, time: time)
    }

    @usableFromInline
    init(
        records: [EndpointDescription],
        policy: any Policy,
        configuration: BalancerConfiguration,
        time: TimeSource
    ) throws(BalancerError) {
        let arena = LoadArena()
        self.policy = policy
        self.configuration = configuration
        self.time = time
        self.arena = arena
        arenaIdentity = arena.identity
        countsTotal = policy.needsTotalInFlight || configuration.maxInFlight != nil
        countsTime = policy.needsTimeInFlight
        latencyDecay = policy.latencyDecay.map { max(1, Double($0.wholeNanoseconds)) }
        completesMore = countsTotal || countsTime || latencyDecay != nil || configuration.outlierDetection != nil
        var registry = EndpointRegistry(arena: arena)
        let now = time.now()
        try registry.apply(.replaceAll(records), at: now)
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
    @inlinable
    public func update(_ endpoints: [Endpoint<Address>], at now: Timestamp? = nil) throws(BalancerError) {
        try take([.replaceAll(endpoints.map { EndpointRecord($0) })], at: now)
    }

    /// Applies events in order, as one change: either all or, if one is invalid, none.
    ///
    /// - Parameters:
    ///   - events: What happened.
    ///   - now: The present time; read from the balancer's source if not stated.
    /// - Throws: ``BalancerError`` if an event names an unknown endpoint or a set repeats a name.
    @inlinable
    public func apply(_ events: [EndpointEvent<Address>], at now: Timestamp? = nil) throws(BalancerError) {
        try take(events.map { RegistryEvent($0) }, at: now)
    }

    @usableFromInline
    func take(_ events: [RegistryEvent], at now: Timestamp?) throws(BalancerError) {
        let now = now ?? time.now()
        try state.withLock { (state) throws(BalancerError) in
            try state.apply(events, at: now)
            show(state)
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
            show(state)
            return next
        }
    }

    /// Says how a request ended, so that it no longer counts as in flight.
    ///
    /// Reads the clock only if `now` is not stated and policy or configuration have a use for it.
    ///
    /// - Parameters:
    ///   - pick: The request; each is completed exactly once. What is another balancer's is ignored.
    ///   - outcome: How it ended.
    ///   - latency: How long it took; from pick to now if not stated.
    ///   - now: The present time; read from the balancer's source if not stated.
    @inlinable
    @inline(__always)
    public func complete(
        _ pick: Pick<Address>,
        _ outcome: Outcome,
        latency: Duration? = nil,
        at now: Timestamp? = nil
    ) {
        guard pick.arena == arenaIdentity, pick.load.release(generation: UInt32(truncatingIfNeeded: pick.generation))
        else { return }
        if completesMore {
            finish(pick.load, slot: pick.slot, started: pick.started, outcome, latency: latency, at: now)
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
        guard pick.arena == arenaIdentity else { return false }
        return take(report, pick.load, generation: UInt32(truncatingIfNeeded: pick.generation), at: now ?? time.now())
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
        guard let entry = state.withLock({ $0.entry(of: id) }) else { return false }
        return take(report, entry.load, generation: entry.generation, at: now ?? time.now())
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
        state.withLock { $0.entry(of: id)?.load.inFlight }
    }

    func publishedState() -> Published<Address> {
        state.withLock { $0.published }
    }

    /// Lets pickers know of a new state.
    private func show(_ state: borrowing BalancerState<Address>) {
        arena.version.pointer.pointee.store(state.published.version, ordering: .releasing)
    }
}

// MARK: Picks and completions that count more

extension LoadBalancer {
    /// Counts a request in on an endpoint and in all else that is kept.
    @usableFromInline
    @inline(never)
    func reserveMore(_ load: LoadHandle, generation: UInt32, limit: Int, at now: Timestamp) -> Bool {
        guard !isFull, load.reserve(limit: limit, generation: generation) else { return false }
        if countsTotal { arena.totalInFlight.pointer.pointee.add(1, ordering: .relaxed) }
        if countsTime { load.begin(at: now) }
        return true
    }

    /// Whether all endpoints together have as many requests in flight as they may.
    var isFull: Bool {
        guard let most = configuration.maxInFlight else { return false }
        return arena.totalInFlight.pointer.pointee.load(ordering: .relaxed) >= most
    }

    @usableFromInline
    func finish(
        _ load: LoadHandle,
        slot: Int,
        started: Timestamp,
        _ outcome: Outcome,
        latency: Duration?,
        at instant: Timestamp?
    ) {
        let now = instant ?? time.now()
        if countsTotal { arena.totalInFlight.pointer.pointee.subtract(1, ordering: .relaxed) }
        if countsTime { load.end(begun: started, at: now) }
        guard outcome != .cancelled else { return }
        if let detection = configuration.outlierDetection, load.note(outcome, by: detection) {
            eject(slot, at: now)
        }
        if let latencyDecay {
            let measured = latency?.wholeNanoseconds ?? now.nanoseconds(since: started)
            load.observe(latency: measured, failed: outcome.isFailure, at: now, decay: latencyDecay)
        }
    }

    private func eject(_ slot: Int, at now: Timestamp) {
        state.withLock { state in
            state.eject(slot: slot, at: now)
            show(state)
        }
    }

    private func take(_ report: LoadReport, _ load: LoadHandle, generation: UInt32, at now: Timestamp) -> Bool {
        guard report.isValid, load.generation == generation else { return false }
        load.take(report, at: now, expiry: configuration.reportExpiry.wholeNanoseconds)
        return true
    }
}
