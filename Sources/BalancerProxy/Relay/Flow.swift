// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// One direction of a relay: bytes from a source socket to a target socket.
///
/// It reads only what the target takes: when the target is full the rest of one read is kept, and the source waits in
/// the kernel, whose window closes towards the sender.
struct Flow: ~Copyable {
    /// What came of a turn.
    enum Step {
        /// Nothing can be done before the next event.
        case waiting
        /// There is more; others should have their turn first.
        case more
        /// The source's end was reached and all its bytes were handed on.
        case finished
        /// Receiving failed.
        case sourceFailed(CInt)
        /// Sending failed: the target takes no more.
        case targetFailed(CInt)
    }

    /// How many reads a turn may do before others have theirs.
    private static let readsPerTurn = 8

    private var bytes = 0
    private var leftover = Leftover()
    private var sourceIsReadable = false
    private var sourceIsFinishing = false
    private var targetIsWritable = false
    private var sourceHasEnded = false

    /// How many bytes are kept in memory.
    var buffered: Int { leftover.bytes.count }

    /// The bytes handed on since this was asked last.
    mutating func takeBytes() -> Int {
        defer { bytes = 0 }
        return bytes
    }

    /// Takes in an event of the source.
    mutating func noteSource(_ events: ReadyEvents) {
        if !events.isDisjoint(with: [.readable, .peerFinished, .hangUp, .failed]) { sourceIsReadable = true }
        if !events.isDisjoint(with: [.peerFinished, .hangUp, .failed]) { sourceIsFinishing = true }
    }

    /// Takes in an event of the target.
    mutating func noteTarget(_ events: ReadyEvents) {
        if !events.isDisjoint(with: [.writable, .hangUp, .failed]) { targetIsWritable = true }
    }

    /// Moves bytes until one side has to be waited for.
    mutating func pump(
        from source: Transport,
        to target: Transport,
        through scratch: UnsafeMutableRawBufferPointer
    ) -> Step {
        for _ in 0..<Self.readsPerTurn {
            if !leftover.isEmpty, let step = flush(to: target) { return step }
            if sourceHasEnded { return .finished }
            guard sourceIsReadable, targetIsWritable else { return .waiting }
            if let step = move(from: source, to: target, through: scratch) { return step }
        }
        return .more
    }

    /// Takes bytes of the source that were received elsewhere; called before the first turn.
    mutating func preload(_ bytes: UnsafeRawBufferPointer) {
        if bytes.count > 0 { leftover.keep(bytes) }
    }

    /// One read, and one write of what was read.
    private mutating func move(
        from source: Transport,
        to target: Transport,
        through scratch: UnsafeMutableRawBufferPointer
    ) -> Step? {
        switch source.receive(into: scratch) {
        case .bytes(let received):
            // Less than asked for: the socket is empty, and its next bytes make a new event (epoll(7)); unless its end
            // is near, which was announced already and must still be read.
            if received < scratch.count, source.shortReadIsLast { sourceIsReadable = sourceIsFinishing }
            return forward(UnsafeRawBufferPointer(rebasing: scratch[..<received]), to: target)
        case .empty:
            sourceIsReadable = false
            return .waiting
        case .end:
            sourceHasEnded = true
            return nil
        case .failed(let number): return .sourceFailed(number)
        }
    }

    private mutating func forward(_ received: UnsafeRawBufferPointer, to target: Transport) -> Step? {
        var taken = 0
        switch target.send(received) {
        case .bytes(let count): taken = count
        case .full: break
        case .failed(let number): return .targetFailed(number)
        }
        bytes += taken
        guard taken < received.count else { return nil }
        targetIsWritable = false
        leftover.keep(UnsafeRawBufferPointer(rebasing: received[taken...]))
        return nil
    }

    /// Sends what was kept; nil if all of it went.
    private mutating func flush(to target: Transport) -> Step? {
        guard targetIsWritable else { return .waiting }
        switch target.send(leftover.bytes) {
        case .bytes(let taken):
            bytes += taken
            leftover.advance(by: taken)
            if leftover.isEmpty { return nil }
        case .full: break
        case .failed(let number): return .targetFailed(number)
        }
        targetIsWritable = false
        return .waiting
    }
}
