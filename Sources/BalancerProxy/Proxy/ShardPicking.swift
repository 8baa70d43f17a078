// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// What a thread's part of a proxy picks endpoints by; the first part also lets the balancer do what is due by the clock.
struct ShardPicking<Address: Sendable> {
    private(set) var balancer: LoadBalancer<Address>
    private(set) var picker: Picker<Address>
    private var ticker: BalancerTicker<Address>?
    private let loop: EventLoop

    /// - Parameters:
    ///   - balancer: Who picks to begin with.
    ///   - loop: The part's event loop.
    ///   - index: Which of the proxy's parts it is.
    init(_ balancer: LoadBalancer<Address>, on loop: EventLoop, index: Int) {
        self.balancer = balancer
        self.loop = loop
        picker = balancer.makePicker()
        ticker = index == 0 ? BalancerTicker(balancer, loop: loop) : nil
    }

    /// Begins to let the balancer do what is due.
    func start() {
        ticker?.start()
    }

    /// Picks by another balancer from now on.
    mutating func use(_ balancer: LoadBalancer<Address>) {
        self.balancer = balancer
        picker = balancer.makePicker()
        guard let former = ticker else { return }
        former.stop()
        let next = BalancerTicker(balancer, loop: loop)
        next.start()
        ticker = next
    }

    /// Does no more by the clock.
    func stop() {
        ticker?.stop()
    }
}
