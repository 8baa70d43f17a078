// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// What the threads of one HTTP proxy share, whatever its endpoints' addresses are.
final class HTTPProxyCore: Sendable {
    let settings: HTTPSettings
    let listeners: [ProxyListener]
    let limit: ConnectionLimit
    let directory: ShardDirectory<HTTPWorker>
    let tallies: [HTTPTally]

    init(settings: HTTPSettings, listeners: [ProxyListener], ports: [EventLoopPort]) {
        self.settings = settings
        self.listeners = listeners
        limit = ConnectionLimit(settings.configuration.maxConnections)
        directory = ShardDirectory(ports: ports)
        tallies = ports.map { _ in HTTPTally() }
    }

    /// The present figures of all threads.
    var counters: HTTPProxyCounters {
        var sum = HTTPProxyCounters()
        for tally in tallies { sum.add(tally.counters) }
        sum.active = limit.count
        return sum
    }
}
