// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// What one thread of a proxy has counted; that thread writes, any may read.
final class HTTPTally: Sendable {
    /// The answers' classes and the rest apart, so that the usual request touches no dictionary.
    private struct Figures {
        var counters = HTTPProxyCounters()
        var answers: (UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0)
    }

    private let figures = Mutex(Figures())
    private let endpoints = Mutex<[String: HTTPEndpointTally]>([:])

    /// Changes the figures.
    func count(_ body: (inout HTTPProxyCounters) -> Void) {
        figures.withLock { body(&$0.counters) }
    }

    /// Counts a request that has ended.
    func countEnd(status: Int, nanoseconds: UInt64, requestBytes: UInt64, answerBytes: UInt64) {
        figures.withLock { figures in
            switch status / 100 {
            case 1: figures.answers.0 += 1
            case 2: figures.answers.1 += 1
            case 3: figures.answers.2 += 1
            case 4: figures.answers.3 += 1
            case 5: figures.answers.4 += 1
            default: break
            }
            figures.counters.latency.record(nanoseconds)
            figures.counters.requestBytes += requestBytes
            figures.counters.answerBytes += answerBytes
        }
    }

    /// The figures of an endpoint, made at its first request.
    func endpoint(_ id: String) -> HTTPEndpointTally {
        endpoints.withLock { endpoints in
            if let tally = endpoints[id] { return tally }
            let tally = HTTPEndpointTally()
            endpoints[id] = tally
            return tally
        }
    }

    /// Forgets an endpoint that has left.
    func forget(_ id: String) {
        endpoints.withLock { $0[id] = nil }
    }

    /// The present figures.
    var counters: HTTPProxyCounters {
        var counters = figures.withLock { figures in
            var counters = figures.counters
            let classes = figures.answers
            for (digit, count) in [(1, classes.0), (2, classes.1), (3, classes.2), (4, classes.3), (5, classes.4)]
            where count > 0 {
                counters.answers[digit, default: 0] += count
            }
            return counters
        }
        counters.endpoints = endpoints.withLock { $0.mapValues(\.counters) }
        return counters
    }
}

/// What one endpoint has done on one thread.
final class HTTPEndpointTally: Sendable {
    private let figures = Mutex(HTTPEndpointCounters())

    var counters: HTTPEndpointCounters { figures.withLock { $0 } }

    /// Changes the figures.
    func count(_ body: (inout HTTPEndpointCounters) -> Void) {
        figures.withLock { body(&$0) }
    }
}
