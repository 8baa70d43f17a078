// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Nestbox
internal import Synchronization

/// What a container writes: the end of it, and how often texts that someone waits for occurred.
final class ContainerOutput: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var isCut = false
        /// The present line of each stream.
        var lines: [OutputStream: [UInt8]] = [:]
        var counts: [String: Int] = [:]
    }

    /// The most bytes that are kept.
    private let limit: Int
    private let texts: Set<String>
    private let state = Mutex(State())

    /// Keeps nothing yet.
    ///
    /// - Parameters:
    ///   - texts: What is looked for in each line.
    ///   - limit: The most bytes that are kept.
    init(lookingFor texts: [String] = [], limit: Int = 1 << 20) {
        self.texts = Set(texts)
        self.limit = limit
    }

    /// Everything that was kept, in the order in which it came.
    var text: String {
        state.withLock { state in
            (state.isCut ? "[earlier output was dropped]\n" : "") + String(decoding: state.bytes, as: UTF8.self)
        }
    }

    /// How many lines so far held a text.
    func lines(holding text: String) -> Int {
        state.withLock { $0.counts[text] ?? 0 }
    }

    @Sendable func take(_ stream: OutputStream, _ chunk: [UInt8]) async {
        state.withLock { state in
            state.bytes += chunk
            // Dropped by halves, so that not every chunk moves all the rest.
            if state.bytes.count > limit {
                state.bytes.removeFirst(state.bytes.count - limit / 2)
                state.isCut = true
            }
            if !texts.isEmpty { look(at: chunk, of: stream, &state) }
        }
    }

    private func look(at chunk: [UInt8], of stream: OutputStream, _ state: inout State) {
        var rest = (state.lines[stream] ?? [])[...] + chunk
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = String(decoding: rest[..<end], as: UTF8.self)
            for text in texts where line.contains(text) { state.counts[text, default: 0] += 1 }
            rest = rest[(end + 1)...]
        }
        // Nobody waits for a line of a mebibyte.
        state.lines[stream] = Array(rest.suffix(1 << 20))
    }
}
