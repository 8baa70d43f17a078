// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Cuts a stream of bytes into the pieces that a log keeps.
struct LogSplitter {
    /// Docker's bound on one entry; a longer line becomes several.
    static let longestEntry = 16 << 10

    private var pending: [UInt8] = []

    /// The pieces that are complete with these bytes.
    mutating func take(_ bytes: [UInt8]) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            pending += rest[...end]
            rest = rest[(end + 1)...]
            cut(&pieces)
            if !pending.isEmpty { pieces.append(pending) }
            pending = []
        }
        pending += rest
        cut(&pieces)
        return pieces
    }

    /// What is left at the end of the stream.
    mutating func finish() -> [UInt8]? {
        defer { pending = [] }
        return pending.isEmpty ? nil : pending
    }

    private mutating func cut(_ pieces: inout [[UInt8]]) {
        while pending.count > Self.longestEntry {
            let end = Self.boundary(in: pending)
            pieces.append(Array(pending[..<end]))
            pending.removeFirst(end)
        }
    }

    /// The end of the last whole character within the bound.
    private static func boundary(in bytes: [UInt8]) -> Int {
        var end = longestEntry
        while end > longestEntry - 4, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return end
    }
}
