// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// Chooses endpoints for one thread or event loop.
///
/// Pickers of one balancer share its counters and nothing else; each notices changes of the set at its next pick.
/// A picker must not be used by two threads at once.
public final class Picker<Address: Sendable> {
    /// The balancer whose endpoints are picked.
    public let balancer: LoadBalancer<Address>
    private let seed: UInt64
    private var published: Published<Address>
    /// The version of `published`, apart so that a pick reads one word of its own.
    private var version: Int
    private var picker: any PolicyPicker
    private var generator: SeededGenerator

    init(balancer: LoadBalancer<Address>, seed: UInt64) {
        self.balancer = balancer
        self.seed = seed
        published = balancer.publishedState()
        version = published.version
        picker = published.plan.makePicker(seed: seed, replacing: nil)
        generator = SeededGenerator(seed: SeededGenerator.seed(seed, stream: 1))
    }

    /// Places a request of which nothing is known.
    ///
    /// - Returns: Where the request goes, or nil if no endpoint can take it.
    public func pick() -> Pick<Address>? {
        decide(PickContext(now: balancer.time.now())).pick
    }

    /// Places a request.
    ///
    /// - Parameter context: What is known of the request.
    /// - Returns: Where the request goes, or nil if no endpoint can take it.
    public func pick(_ context: PickContext) -> Pick<Address>? {
        decide(context).pick
    }

    /// Places a request and says why, if it can't.
    ///
    /// - Parameter context: What is known of the request.
    /// - Returns: Where the request goes, or why it can't.
    public func decide(_ context: PickContext) -> Decision<Address> {
        if balancer.version.load(ordering: .acquiring) != version {
            adopt()
        }
        if let limit = balancer.configuration.maxInFlight,
            balancer.arena.totalInFlight.load(ordering: .relaxed) >= limit
        {
            return .refused(.overloaded)
        }
        return place(context)
    }

    /// What the policy alone answers, without counting the request in: for callers that keep their own counts.
    ///
    /// - Parameter context: What is known of the request.
    /// - Returns: The endpoint by slot, or why there is none.
    public func choose(_ context: borrowing PickContext) -> Choice {
        if balancer.version.load(ordering: .acquiring) != version {
            adopt()
        }
        return picker.pick(context)
    }

    /// The endpoint that ought to be probed now, if the policy lives on probes; ask until there is none.
    ///
    /// - Parameter now: The present time.
    /// - Returns: The endpoint to probe, or nil if none is due.
    public func nextProbe(at now: Timestamp) -> ProbeTarget<Address>? {
        guard let slot = picker.nextProbe(at: now), let record = published.records[slot] else { return nil }
        return ProbeTarget(record: record)
    }

    /// Takes in the answer to a probe.
    ///
    /// - Parameters:
    ///   - reply: What the endpoint said.
    ///   - target: The endpoint that was probed.
    ///   - now: The present time.
    public func recordProbe(_ reply: ProbeReply, from target: ProbeTarget<Address>, at now: Timestamp) {
        guard target.record.load.generation == target.record.generation else { return }
        picker.recordProbe(reply, slot: target.record.slot, at: now)
    }

    private func adopt() {
        published = balancer.publishedState()
        version = published.version
        picker = published.plan.makePicker(seed: generator.next(), replacing: picker)
    }

    /// Asks the policy a few times for an endpoint that has room and was not tried, then looks around.
    private func place(_ context: PickContext) -> Decision<Address> {
        var context = context
        var refusal = Refusal.overloaded
        var limit = Int.max
        for _ in 0..<4 {
            let slot: Int
            switch picker.pick(context) {
            case .none(let reason):
                return .refused(reason == .noEndpoints ? published.emptyReason : reason)
            case .endpoint(let chosen, let bound):
                slot = chosen
                limit = bound
            }
            if context.excluded.contains(slot) {
                refusal = .allExcluded
            } else if let pick = reserve(slot, limit: limit, at: context.now) {
                return .pick(pick)
            }
            context.attempt &+= 1
        }
        return lookAround(context, limit: limit, otherwise: refusal)
    }

    /// The first endpoint with room, from a random place on; at most 1,024 are looked at.
    private func lookAround(_ context: PickContext, limit: Int, otherwise refusal: Refusal) -> Decision<Address> {
        let members = published.snapshot.members
        var index = generator.index(below: max(1, members.count))
        for _ in 0..<min(members.count, 1_024) {
            let slot = members[index].slot
            if !context.excluded.contains(slot), let pick = reserve(slot, limit: limit, at: context.now) {
                return .pick(pick)
            }
            index = index + 1 == members.count ? 0 : index + 1
        }
        return .refused(refusal)
    }

    private func reserve(_ slot: Int, limit: Int, at now: Timestamp) -> Pick<Address>? {
        guard let record = published.records[slot] else { return nil }
        let bound = min(limit, balancer.configuration.maxInFlightPerEndpoint ?? .max)
        guard record.load.reserve(limit: bound, at: now) else { return nil }
        if balancer.countsTotal {
            balancer.arena.totalInFlight.add(1, ordering: .relaxed)
        }
        return Pick(record: record, started: now)
    }
}
