// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// Lets a balancer do what is due by the clock, ten times a second.
final class BalancerTicker<Address: Sendable>: EventSource {
    private static var interval: UInt64 { 100_000_000 }

    private let balancer: LoadBalancer<Address>
    private let loop: EventLoop
    private let id: SourceID

    init(_ balancer: LoadBalancer<Address>, loop: EventLoop) {
        self.balancer = balancer
        self.loop = loop
        id = loop.reserve()
    }

    /// Begins to tick.
    func start() {
        loop.install(self, as: id)
        deadlinePassed()
    }

    /// Ticks no more.
    func stop() {
        loop.remove(id)
    }

    func ready(_ events: ReadyEvents, channel: UInt8) {}

    func deadlinePassed() {
        balancer.advance()
        loop.setDeadline(loop.now + Self.interval, for: id)
    }
}
