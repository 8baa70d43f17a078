// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Something that happens to the replicas at a planned time.
public struct Fault: Sendable {
    enum Kind: Sendable {
        case join(slowdown: Double)
        case slow(server: Int, factor: Double)
        case failFast(server: Int)
        case freeze(server: Int)
        case die(server: Int)
        case leave(server: Int)
    }

    let kind: Kind
    let start: Duration
    var end: Duration?
    /// How long after start and end a health check tells the clients; never if there is none.
    var noticedAfter: Duration?

    /// A replica like the first joins; cold ones are slower at first.
    ///
    /// - Parameters:
    ///   - start: When.
    ///   - slowdown: How many times slower it is while cold; 1 for a warm one.
    ///   - coldFor: For how long.
    /// - Returns: The fault.
    public static func join(
        at start: Duration,
        slowdown: Double = 1,
        coldFor: Duration = .zero
    ) -> Fault {
        Fault(kind: .join(slowdown: max(1, slowdown)), start: start, end: start + coldFor)
    }

    /// A replica is slower for a while.
    ///
    /// - Parameters:
    ///   - server: Its number.
    ///   - factor: How many times slower.
    ///   - start: From when.
    ///   - end: Until when; for good if not stated.
    /// - Returns: The fault.
    public static func slow(server: Int, factor: Double, from start: Duration, until end: Duration? = nil) -> Fault {
        Fault(kind: .slow(server: server, factor: max(0.001, factor)), start: start, end: end)
    }

    /// A replica answers every request with an error at once: it looks idle, and draws requests like a sink.
    ///
    /// - Parameters:
    ///   - server: Its number.
    ///   - start: From when.
    ///   - end: Until when; for good if not stated.
    ///   - noticedAfter: After which time a health check tells the clients; never if not stated.
    /// - Returns: The fault.
    public static func failFast(
        server: Int,
        at start: Duration,
        until end: Duration? = nil,
        noticedAfter: Duration? = nil
    ) -> Fault {
        Fault(kind: .failFast(server: server), start: start, end: end, noticedAfter: noticedAfter)
    }

    /// A replica stands still: it takes requests and answers none, nor any probe, and does not report.
    ///
    /// - Parameters:
    ///   - server: Its number.
    ///   - start: From when.
    ///   - end: Until when, and then it goes on with what it has; for good if not stated.
    ///   - noticedAfter: After which time a health check tells the clients; never if not stated.
    /// - Returns: The fault.
    public static func freeze(
        server: Int,
        at start: Duration,
        until end: Duration? = nil,
        noticedAfter: Duration? = nil
    ) -> Fault {
        Fault(kind: .freeze(server: server), start: start, end: end, noticedAfter: noticedAfter)
    }

    /// A replica dies: requests on it fail, and connections are refused at once.
    ///
    /// - Parameters:
    ///   - server: Its number.
    ///   - start: When.
    ///   - end: When it is there again, with nothing to do; never if not stated.
    ///   - noticedAfter: After which time a health check tells the clients; never if not stated.
    /// - Returns: The fault.
    public static func die(
        server: Int,
        at start: Duration,
        until end: Duration? = nil,
        noticedAfter: Duration? = nil
    ) -> Fault {
        Fault(kind: .die(server: server), start: start, end: end, noticedAfter: noticedAfter)
    }

    /// A replica leaves and finishes what it has.
    ///
    /// - Parameters:
    ///   - server: Its number.
    ///   - start: When.
    /// - Returns: The fault.
    public static func leave(server: Int, at start: Duration) -> Fault {
        Fault(kind: .leave(server: server), start: start)
    }

    /// The number of the server that the fault is about, if it is about one.
    var server: Int? {
        switch kind {
        case .join: nil
        case .slow(let server, _), .failFast(let server), .freeze(let server), .die(let server), .leave(let server):
            server
        }
    }
}
