// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Finds lines in bytes that come in chunks.
///
/// Pure.
struct LineSplitter {
    /// The longest piece of a line that is kept together.
    static let limit = 1 << 20

    private var pending: [UInt8] = []
    private var start = 0
    private var scanned = 0

    /// Adds what was read.
    mutating func append(_ chunk: [UInt8]) {
        if start > 0 {
            pending.removeFirst(start)
            scanned -= start
            start = 0
        }
        pending.append(contentsOf: chunk)
    }

    /// The next whole line, if there is one.
    mutating func next() -> String? {
        while scanned < pending.count {
            if pending[scanned] == UInt8(ascii: "\n") { return take(upTo: scanned, next: scanned + 1) }
            scanned += 1
            if scanned - start == Self.limit { return take(upTo: scanned, next: scanned) }
        }
        return nil
    }

    /// What is left after the last newline.
    mutating func last() -> String? {
        start < pending.count ? take(upTo: pending.count, next: pending.count) : nil
    }

    private mutating func take(upTo end: Int, next: Int) -> String {
        var line = pending[start..<end]
        if next > end, line.last == UInt8(ascii: "\r") { line.removeLast() }
        start = next
        scanned = next
        return String(decoding: line, as: UTF8.self)
    }
}
