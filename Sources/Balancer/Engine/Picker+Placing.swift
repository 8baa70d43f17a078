// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import Synchronization

extension Picker {
    /// Whether there is a newer state than the one at hand.
    @inlinable
    var isOutdated: Bool {
        @inline(__always) get {
            hot.pointer.pointee.newest.pointee.load(ordering: .acquiring) != hot.pointer.pointee.version
        }
    }

    @usableFromInline
    @inline(never)
    func adopt() {
        hot.pointer.pointee.adopt(balancer.publishedState())
    }

    /// The policy's choice, if it has room and the request was not there before: nearly always, so nearly all of a pick.
    @inlinable
    @inline(__always)
    func first(_ choice: Choice, _ context: borrowing PickContext) -> Pick<Address>? {
        guard case .endpoint(let slot, let limit) = choice, context.excluded.isEmpty else { return nil }
        return reserve(slot, limit: limit, at: context.now)
    }

    /// Counts a request in on the endpoint in a slot, if there is one and it has room.
    @inlinable
    @inline(__always)
    func reserve(_ slot: Int, limit: Int, at now: Timestamp) -> Pick<Address>? {
        let state = hot.pointer
        guard UInt(bitPattern: slot) < UInt(bitPattern: state.pointee.targetCount) else { return nil }
        guard let target = state.pointee.targets[slot] else { return nil }
        // All that is read is read before the counter is changed: that waits for nothing and lets nothing pass.
        let pick = Pick(
            address: target.address,
            started: now,
            load: target.load,
            arena: state.pointee.arena,
            generation: target.generation,
            slot: slot
        )
        let limit = min(limit, state.pointee.limit)
        if state.pointee.countsMore {
            return balancer.reserveMore(target.load, generation: target.generation, limit: limit, at: now) ? pick : nil
        }
        return target.load.reserve(limit: limit, generation: target.generation) ? pick : nil
    }

    /// Goes on when the policy's first choice has no room or was tried before: asks the policy three times more, then
    /// looks around.
    ///
    /// Takes the context in parts, so that a pick whose first choice serves need not put it together in memory.
    @usableFromInline
    @inline(never)
    func retry(
        now: Timestamp,
        key: UInt64?,
        session: UInt64?,
        subset: UInt64?,
        attempt: UInt32,
        excluded: SlotSet,
        after choice: Choice
    ) -> Decision<Address> {
        if balancer.isFull { return .refused(.overloaded) }
        var context = PickContext(
            now: now,
            key: key,
            session: session,
            subset: subset,
            attempt: attempt,
            excluded: excluded
        )
        var refusal = Refusal.overloaded
        var choice = choice
        if isOutdated {
            // Between the choice and its place the set has changed: what was chosen may be on its way out.
            adopt()
            choice = hot.pointer.pointee.route.pick(context)
        }
        var limit = Int.max
        for attempt in 0..<4 {
            if attempt > 0 { choice = hot.pointer.pointee.route.pick(context) }
            let candidate: Int
            switch choice {
            case .none(let reason):
                return .refused(reason == .noEndpoints ? hot.pointer.pointee.published.emptyReason : reason)
            case .endpoint(let chosen, let bound):
                candidate = chosen
                limit = bound
            }
            if context.excluded.contains(candidate) {
                refusal = .allExcluded
            } else if let pick = reserve(candidate, limit: limit, at: context.now) {
                return .pick(pick)
            }
            context.attempt &+= 1
        }
        return lookAround(context, limit: limit, otherwise: refusal)
    }

    /// The first endpoint with room, from a random place on; at most 1,024 are looked at.
    private func lookAround(_ context: PickContext, limit: Int, otherwise refusal: Refusal) -> Decision<Address> {
        let members = hot.pointer.pointee.published.snapshot.members
        var index = hot.pointer.pointee.generator.index(below: max(1, members.count))
        for _ in 0..<min(members.count, 1_024) {
            let slot = members[index].slot
            if !context.excluded.contains(slot), let pick = reserve(slot, limit: limit, at: context.now) {
                return .pick(pick)
            }
            index = index + 1 == members.count ? 0 : index + 1
        }
        return .refused(refusal)
    }
}
