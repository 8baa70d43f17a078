// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Chooses endpoints for one thread or event loop.
///
/// Pickers of one balancer share its counters and nothing else; each notices changes of the set at its next pick.
/// A picker must not be used by two threads at once.
///
/// A pick allocates nothing, takes no lock, and writes two things: the picker's own state, which lies on cache lines of
/// its own, and the counter of the endpoint that it chooses. Only the first pick after a change of the set, which takes
/// over the new tables, does more.
public final class Picker<Address: Sendable> {
    /// The balancer whose endpoints are picked.
    public let balancer: LoadBalancer<Address>
    @usableFromInline let hot: OwnLines<PickerState<Address>>

    init(balancer: LoadBalancer<Address>, seed: UInt64) {
        self.balancer = balancer
        hot = OwnLines(PickerState(balancer: balancer, seed: seed))
    }

    /// Places a request of which nothing is known.
    ///
    /// - Returns: Where the request goes, or nil if no endpoint can take it.
    @inlinable
    @inline(__always)
    public func pick() -> Pick<Address>? {
        pick(PickContext(now: balancer.time.now()))
    }

    /// Places a request.
    ///
    /// - Parameter context: What is known of the request.
    /// - Returns: Where the request goes, or nil if no endpoint can take it.
    @inlinable
    @inline(__always)
    public func pick(_ context: PickContext) -> Pick<Address>? {
        let choice = choose(context)
        return first(choice, context)
            ?? retry(
                now: context.now,
                key: context.key,
                session: context.session,
                subset: context.subset,
                attempt: context.attempt,
                excluded: context.excluded,
                after: choice
            ).pick
    }

    /// Places a request and says why, if it can't.
    ///
    /// - Parameter context: What is known of the request.
    /// - Returns: Where the request goes, or why it can't.
    @inlinable
    public func decide(_ context: PickContext) -> Decision<Address> {
        let choice = choose(context)
        return first(choice, context).map { .pick($0) }
            ?? retry(
                now: context.now,
                key: context.key,
                session: context.session,
                subset: context.subset,
                attempt: context.attempt,
                excluded: context.excluded,
                after: choice
            )
    }

    /// What the policy alone answers, without counting the request in: for callers that keep their own counts.
    ///
    /// - Parameter context: What is known of the request.
    /// - Returns: The endpoint by slot, or why there is none.
    @inlinable
    @inline(__always)
    public func choose(_ context: borrowing PickContext) -> Choice {
        if isOutdated { adopt() }
        return hot.pointer.pointee.route.pick(context)
    }

    /// The endpoint on which a request was placed.
    ///
    /// - Parameter pick: A pick of this balancer.
    /// - Returns: The endpoint; nil if it has left the set meanwhile.
    public func endpoint(of pick: Pick<Address>) -> Endpoint<Address>? {
        guard let found = hot.pointer.pointee.published.targets.endpoint(in: pick.slot) else { return nil }
        return found.target.generation == UInt32(truncatingIfNeeded: pick.generation) ? found.endpoint : nil
    }

    /// The endpoint that ought to be probed now, if the policy lives on probes; ask until there is none.
    ///
    /// - Parameter now: The present time.
    /// - Returns: The endpoint to probe, or nil if none is due.
    public func nextProbe(at now: Timestamp) -> ProbeTarget<Address>? {
        guard let slot = hot.pointer.pointee.box.picker.nextProbe(at: now),
            let (endpoint, target) = hot.pointer.pointee.published.targets.endpoint(in: slot)
        else { return nil }
        return ProbeTarget(endpoint: endpoint, slot: slot, load: target.load, generation: target.generation)
    }

    /// Takes in the answer to a probe.
    ///
    /// - Parameters:
    ///   - reply: What the endpoint said.
    ///   - target: The endpoint that was probed.
    ///   - now: The present time.
    public func recordProbe(_ reply: ProbeReply, from target: ProbeTarget<Address>, at now: Timestamp) {
        guard target.load.generation == target.generation else { return }
        hot.pointer.pointee.box.picker.recordProbe(reply, slot: target.slot, at: now)
    }
}
