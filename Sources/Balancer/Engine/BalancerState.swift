// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a balancer keeps under its lock: the endpoints, and what it last showed of them.
struct BalancerState<Address: Sendable>: Sendable {
    private(set) var published: Published<Address>
    private var registry: EndpointRegistry
    private let policy: any Policy
    private let configuration: BalancerConfiguration
    private var schedule: Schedule

    init(
        registry: EndpointRegistry,
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
            targets: TargetTable([], slotBound: 0),
            emptyReason: .noEndpoints
        )
        publish(at: now, replacing: nil)
    }

    mutating func apply(_ events: [RegistryEvent], at now: Timestamp) throws(BalancerError) {
        try registry.apply(events, at: now)
        registry.reap()
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

    func entry(of id: String) -> EndpointEntry? {
        registry.entry(of: id)
    }

    var endpoints: [Endpoint<Address>] {
        registry.entries.compactMap { ($0.description as? EndpointRecord<Address>)?.endpoint }
    }

    func status() -> [EndpointStatus] {
        let eligible = Set(published.snapshot.slots)
        return registry.entries.map { entry in
            let report = entry.load.report
            return EndpointStatus(
                id: entry.description.id,
                inFlight: entry.load.inFlight,
                started: entry.load.started,
                health: entry.health,
                isDraining: entry.isDraining,
                isEjected: entry.outlier.isEjected,
                isEligible: eligible.contains(entry.slot),
                reportedUtilisation: report.exists ? report.utilisation : nil
            )
        }
    }

    /// Whether the last plan holds an endpoint that has not its whole weight yet.
    private var isRamping: Bool {
        configuration.slowStart != nil && published.snapshot.isRamping
    }

    private mutating func publish(at now: Timestamp, replacing previous: (any PolicyPlan)?) {
        schedule.published = now
        let hasLevels = hasLevels
        let snapshot = makeSnapshot(at: now, hasLevels: hasLevels)
        // Levels come into play only if there is more than one.
        let rule: any Policy = hasLevels ? Prioritized(policy, panicThreshold: configuration.panicThreshold) : policy
        published = Published(
            version: published.version + 1,
            snapshot: snapshot,
            plan: rule.plan(for: snapshot, replacing: previous),
            targets: TargetTable(registry.entries, slotBound: registry.slotBound),
            emptyReason: registry.entries.isEmpty ? .noEndpoints : .noneEligible
        )
    }

    /// Whether endpoints differ in level, or some are degraded, so that they can't all be treated alike.
    private var hasLevels: Bool { registry.hasLevels }

    /// The endpoints that may take requests: all that are open in a panic, else those that are not impaired.
    private func makeSnapshot(at now: Timestamp, hasLevels: Bool) -> Snapshot {
        // Levels know panic of their own.
        let members = registry.members(
            at: now,
            slowStart: configuration.slowStart,
            panicThreshold: hasLevels ? 0 : configuration.panicThreshold
        )
        return Snapshot(
            members: members.eligible,
            impaired: members.impaired,
            reportExpiry: configuration.reportExpiry.wholeNanoseconds,
            now: now,
            arena: registry.arena
        )
    }
}
