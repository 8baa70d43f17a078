// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import Synchronization

/// What a picker reads with each pick, together on lines of its own.
@usableFromInline
struct PickerState<Address: Sendable> {
    /// The version that `published` is of.
    @usableFromInline var version: Int
    /// Where the balancer says which version is the newest.
    @usableFromInline let newest: UnsafeMutablePointer<Atomic<Int>>
    @usableFromInline var route: PickerRoute
    @usableFromInline var targetCount: Int
    @usableFromInline var targets: UnsafeMutablePointer<TargetTable<Address>.Target?>
    /// The most requests in flight that one endpoint may have.
    @usableFromInline let limit: Int
    /// The balancer's arena, by its number.
    @usableFromInline let arena: UInt64
    /// Whether a pick has more to count than the requests on its endpoint.
    @usableFromInline let countsMore: Bool
    /// Keep alive what the pointers lead to.
    var box: PickerBox
    var published: Published<Address>
    /// For places to look at when the policy's choice has no room.
    var generator: SeededGenerator

    init(balancer: LoadBalancer<Address>, seed: UInt64) {
        let published = balancer.publishedState()
        version = published.version
        newest = balancer.arena.version.pointer
        box = PickerBox(published.plan.makePicker(seed: seed, replacing: nil))
        route = PickerRoute(box)
        targetCount = published.targets.count
        targets = published.targets.targets
        limit = min(balancer.configuration.maxInFlightPerEndpoint ?? .max, RequestCount.limit)
        arena = balancer.arenaIdentity
        countsMore = balancer.countsTotal || balancer.countsTime
        self.published = published
        generator = SeededGenerator(seed: SeededGenerator.seed(seed, stream: 1))
    }

    /// Takes over a newer state.
    mutating func adopt(_ published: Published<Address>) {
        version = published.version
        box = PickerBox(published.plan.makePicker(seed: generator.next(), replacing: box.picker))
        route = PickerRoute(box)
        targetCount = published.targets.count
        targets = published.targets.targets
        self.published = published
    }
}
