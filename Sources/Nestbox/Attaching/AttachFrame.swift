// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import SystemPackage

/// A piece of what goes over the socket by which others reach the streams of a container: a kind, a length, and bytes.
struct AttachFrame: Hashable, Sendable {
    enum Kind: UInt8, Sendable {
        /// What the program is to read.
        case input = 0
        /// What the program has written.
        case output = 1
        /// What it has written to its standard error.
        case error = 2
        /// The size of a terminal: rows and columns, two bytes each.
        case size = 3
    }

    /// The most bytes of one frame; more is a peer that does not speak this.
    static let limit = 64 << 10
    private static let headSize = 5

    var kind: Kind
    var bytes: [UInt8]

    /// The frame as it is sent.
    var encoded: [UInt8] {
        let count = UInt32(bytes.count)
        return [kind.rawValue] + (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } + bytes
    }

    /// Takes the first frame off what has come.
    ///
    /// - Parameter received: What has come; what is left of it.
    /// - Returns: The frame; `nil` if it is not complete.
    /// - Throws: ``SystemFailure`` if that is no frame.
    static func take(from received: inout [UInt8]) throws(SystemFailure) -> AttachFrame? {
        guard received.count >= headSize else { return nil }
        let count = (1...4).reduce(0) { $0 | Int(received[$1]) << (8 * ($1 - 1)) }
        guard let kind = Kind(rawValue: received[0]), count <= limit else {
            throw SystemFailure("read", nil, .badMessage)
        }
        guard received.count >= headSize + count else { return nil }
        let frame = AttachFrame(kind: kind, bytes: Array(received[headSize..<(headSize + count)]))
        received.removeFirst(headSize + count)
        return frame
    }

    /// The frames that carry bytes of any number.
    static func frames(_ kind: Kind, _ bytes: [UInt8]) -> [AttachFrame] {
        stride(from: 0, to: bytes.count, by: limit).map { start in
            AttachFrame(kind: kind, bytes: Array(bytes[start..<min(bytes.count, start + limit)]))
        }
    }
}
