// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Bytes both ways between a client's socket and an endpoint's.
///
/// When one side ends its stream, the other is told and may go on; the relay ends when both have. It does not own the
/// sockets.
struct Relay: ~Copyable {
    /// What came of a turn.
    enum Progress {
        case waiting
        /// There is more to do now; others should have their turn first.
        case more
        /// Both streams ended, and each side has all its bytes.
        case finished
        /// The client's connection broke.
        case clientFailed
        /// The endpoint's connection broke.
        case upstreamFailed
    }

    let client: Transport
    let upstream: Transport
    private var outward = Flow()
    private var inward = Flow()
    private var outwardIsOver = false
    private var inwardIsOver = false
    private var failure: Progress?

    init(client: Transport, upstream: Transport) {
        self.client = client
        self.upstream = upstream
    }

    /// Takes bytes that were received from either side before the relay began.
    mutating func preload(fromClient: UnsafeRawBufferPointer, fromUpstream: UnsafeRawBufferPointer) {
        outward.preload(fromClient)
        inward.preload(fromUpstream)
    }

    /// How many bytes are kept in memory.
    var buffered: Int { outward.buffered + inward.buffered }

    /// The bytes handed on to each side since this was asked last.
    mutating func takeBytes() -> (toUpstream: Int, toClient: Int) {
        (outward.takeBytes(), inward.takeBytes())
    }

    /// Takes in an event of the client's socket.
    mutating func noteClient(_ events: ReadyEvents) {
        outward.noteSource(events)
        inward.noteTarget(events)
    }

    /// Takes in an event of the endpoint's socket.
    mutating func noteUpstream(_ events: ReadyEvents) {
        inward.noteSource(events)
        outward.noteTarget(events)
    }

    /// Moves bytes both ways until the sockets have to be waited for.
    mutating func pump(through scratch: UnsafeMutableRawBufferPointer) -> Progress {
        var hasMore = false
        if !outwardIsOver {
            switch outward.pump(from: client, to: upstream, through: scratch) {
            case .waiting: break
            case .more: hasMore = true
            case .finished: endOutward()
            case .sourceFailed: return .clientFailed
            case .targetFailed: abandonOutward()
            }
        }
        if !inwardIsOver {
            switch inward.pump(from: upstream, to: client, through: scratch) {
            case .waiting: break
            case .more: hasMore = true
            case .finished: endInward()
            case .sourceFailed: return .upstreamFailed
            case .targetFailed: return .clientFailed
            }
        }
        if outwardIsOver, inwardIsOver { return failure ?? .finished }
        return hasMore ? .more : .waiting
    }

    private mutating func endOutward() {
        outwardIsOver = true
        if !inwardIsOver { upstream.finishSending() }
    }

    private mutating func endInward() {
        inwardIsOver = true
        if !outwardIsOver { client.finishSending() }
    }

    /// The endpoint takes no more, but what it answered before that is still the client's.
    private mutating func abandonOutward() {
        outwardIsOver = true
        failure = .upstreamFailed
    }
}
