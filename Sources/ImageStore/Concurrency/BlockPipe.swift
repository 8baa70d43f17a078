// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Dispatch
import Synchronization

/// A bounded pipe between two threads of this process: one fills blocks, the other empties them.
///
/// Blocks are recycled, so a stream of any length uses the same few megabytes.
final class BlockPipe: Sendable {
    /// Thrown to one end of a pipe when the other has gone.
    struct Closed: Error {}

    private struct State {
        var free: [Block]
        var filled: [Block] = []
        var ended = false
        var failure: (any Error)?
        var readerGone = false
    }

    private let state: Mutex<State>
    private let freeCount: DispatchSemaphore
    private let filledCount = DispatchSemaphore(value: 0)
    /// Where the blocks come from, if this pipe has none of its own.
    private let upstream: BlockPipe?

    /// Makes a pipe with blocks of its own.
    init(depth: Int = 6) {
        upstream = nil
        state = Mutex(State(free: (0..<depth).map { _ in Block() }))
        // The count a semaphore is made with must not exceed its count at the end, hence zero and signals.
        freeCount = DispatchSemaphore(value: 0)
        for _ in 0..<depth { freeCount.signal() }
    }

    /// Makes a pipe that passes on the blocks of another one, and gives them back to it.
    init(following upstream: BlockPipe) {
        self.upstream = upstream
        state = Mutex(State(free: []))
        freeCount = DispatchSemaphore(value: 0)
    }

    /// An empty block to fill; waits until there is one.
    ///
    /// - Throws: ``Closed`` if the reader has gone.
    func blockToFill() throws -> Block {
        freeCount.wait()
        return try state.withLock { state in
            guard !state.readerGone, let block = state.free.popLast() else { throw Closed() }
            block.count = 0
            return block
        }
    }

    /// Hands a filled block to the reader.
    func send(_ block: Block) {
        state.withLock { $0.filled.append(block) }
        filledCount.signal()
    }

    /// Ends the stream; with an error, the reader meets it after what was sent before.
    func end(failure: (any Error)? = nil) {
        state.withLock { state in
            state.ended = true
            state.failure = failure
        }
        filledCount.signal()
    }

    /// The next filled block, or `nil` at the end; waits until there is one.
    func receive() throws -> Block? {
        filledCount.wait()
        return try state.withLock { state in
            if !state.filled.isEmpty { return state.filled.removeFirst() }
            // The end stays the end, however often it is asked for.
            filledCount.signal()
            if let failure = state.failure { throw failure }
            return nil
        }
    }

    /// Gives a block back.
    func recycle(_ block: Block) {
        if let upstream { return upstream.recycle(block) }
        state.withLock { $0.free.append(block) }
        freeCount.signal()
    }

    /// Tells the writer that nobody reads any more.
    func closeReading() {
        if let upstream { return upstream.closeReading() }
        state.withLock { $0.readerGone = true }
        freeCount.signal()
    }
}

/// The reading end of a ``BlockPipe``.
final class PipeSource: ByteSource {
    private let pipe: BlockPipe
    private var current: Block?

    init(_ pipe: BlockPipe) {
        self.pipe = pipe
    }

    deinit {
        pipe.closeReading()
    }

    func next() throws -> UnsafeRawBufferPointer {
        if let current { pipe.recycle(current) }
        current = try pipe.receive()
        return current?.filled ?? UnsafeRawBufferPointer(start: nil, count: 0)
    }
}
