// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a balancer keeps under its lock: the endpoints, and what it last showed of them.
struct BalancerState<Address: Sendable>: Sendable {
    private(set) var published: Published<Address>
    private var registry: EndpointRegistry<Address>
    private let policy: any Policy
    private let configuration: BalancerConfiguration
    private var schedule: Schedule

    init(
        registry: EndpointRegistry<Address>,
        policy: any Policy,
        configuration: BalancerConfiguration,
        now: Timestamp
    ) {
        self.registry = registry
        self.policy = policy
        self.configuration = configuration
        schedule = Schedule(
            refreshInterval: policy.refreshInterval,
            sweepInterval: configuration.outlierDetection?.interval,
            now: now
        )
        let expiry = configuration.reportExpiry.wholeNanoseconds
        let empty = Snapshot(members: [], impaired: [], reportExpiry: expiry, now: now, arena: registry.arena)
        published = Published(
            version: -1,
            snapshot: empty,
            plan: RoundRobinPlan(slots: [], startsAtRandom: false),
            records: [],
            emptyReason: .noEndpoints
        )
        publish(at: now, replacing: nil)
    }

    mutating func apply(_ events: [EndpointEvent<Address>], at now: Timestamp) throws(BalancerError) {
        var changed = registry
        for event in events {
            try changed.apply(event, at: now)
        }
        changed.reap()
        registry = changed
        publish(at: now, replacing: published.plan)
    }

    mutating func advance(to now: Timestamp) -> Timestamp? {
        registry.reap()
        var changed = false
        if let detection = configuration.outlierDetection {
            changed = registry.readmit(at: now)
            if schedule.takeSweep(at: now) {
                changed = registry.sweep(at: now, by: detection) || changed
            }
        }
        if changed || schedule.isStale(at: now, isRamping: isRamping) {
            publish(at: now, replacing: published.plan)
        }
        return schedule.next(isRamping: isRamping, readmission: registry.nextReadmission)
    }

    /// Ejects an endpoint that has failed too often in a row.
    mutating func eject(slot: Int, at now: Timestamp) {
        guard let detection = configuration.outlierDetection else { return }
        if registry.eject(slot: slot, at: now, by: detection) {
            publish(at: now, replacing: published.plan)
        }
    }

    func record(of id: String) -> EndpointRecord<Address>? {
        registry.record(of: id)
    }

    var endpoints: [Endpoint<Address>] { registry.entries.map(\.record.endpoint) }

    func status() -> [EndpointStatus] {
        let eligible = Set(published.snapshot.members.map(\.slot))
        return registry.entries.map { entry in
            EndpointStatus(
                id: entry.record.endpoint.id,
                inFlight: entry.record.load.inFlight,
                started: entry.record.load.started,
                health: entry.health,
                isDraining: entry.isDraining,
                isEjected: entry.outlier.isEjected,
                isEligible: eligible.contains(entry.record.slot)
            )
        }
    }

    /// Whether the last plan holds an endpoint that has not its whole weight yet.
    private var isRamping: Bool {
        configuration.slowStart != nil && published.snapshot.members.contains { $0.ramp < 1 }
    }

    private mutating func publish(at now: Timestamp, replacing previous: (any PolicyPlan)?) {
        schedule.published = now
        let snapshot = makeSnapshot(at: now)
        var records = [EndpointRecord<Address>?](repeating: nil, count: registry.slotBound)
        for entry in registry.entries {
            records[entry.record.slot] = entry.record
        }
        published = Published(
            version: published.version + 1,
            snapshot: snapshot,
            plan: rule(for: snapshot).plan(for: snapshot, replacing: previous),
            records: records,
            emptyReason: registry.entries.isEmpty ? .noEndpoints : .noneEligible
        )
    }

    /// The policy, by levels if there is more than one.
    private func rule(for snapshot: Snapshot) -> any Policy {
        hasLevels ? Prioritized(policy, panicThreshold: configuration.panicThreshold) : policy
    }

    /// Whether endpoints differ in level, or some are degraded, so that they can't all be treated alike.
    private var hasLevels: Bool {
        guard let first = registry.entries.first?.record.endpoint.priority else { return false }
        return registry.entries.contains { $0.record.endpoint.priority != first || $0.health == .degraded }
    }

    /// The endpoints that may take requests: all that are open in a panic, else those that are not impaired.
    private func makeSnapshot(at now: Timestamp) -> Snapshot {
        let open = registry.entries.filter(\.isOpen)
        let sound = open.count { !$0.isImpaired }
        // Levels know panic of their own.
        let panics = !hasLevels && Double(sound) < configuration.panicThreshold * Double(open.count)
        let slowStart = configuration.slowStart
        return Snapshot(
            members: open.filter { panics || !$0.isImpaired }.map { $0.member(at: now, slowStart: slowStart) },
            impaired: panics ? [] : open.filter(\.isImpaired).map { $0.member(at: now, slowStart: slowStart) },
            reportExpiry: configuration.reportExpiry.wholeNanoseconds,
            now: now,
            arena: registry.arena
        )
    }
}
