// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What has come of a request and is not the endpoint's yet; all of it from its first byte, as long as that is little
/// enough to be sent again.
struct RequestStore: ~Copyable {
    /// So many bytes that wait make the client wait.
    private static let highWater = 65_536

    var bytes = ByteQueue()
    /// Whether the request's last byte is here.
    var isComplete = false
    /// Whether any byte was sent, in whatever attempt.
    private(set) var hasBeenSent = false
    /// Bytes sent in all attempts.
    private(set) var sentBytes: UInt64 = 0
    private var sent = 0
    private var isWhole = true

    /// What the present attempt has to send.
    var unsent: UnsafeRawBufferPointer {
        sent == bytes.count ? UnsafeRawBufferPointer(start: nil, count: 0) : bytes.bytes.from(sent)
    }

    var hasUnsent: Bool { sent < bytes.count }

    var isCongested: Bool { bytes.count - sent >= Self.highWater }

    /// Whether the endpoint has all of it.
    var isSent: Bool { isComplete && !hasUnsent }

    /// Whether it can be sent again from the start.
    var canRestart: Bool { isWhole }

    /// Notes that bytes were sent, and forgets them if they will not be kept for another attempt.
    mutating func noteSent(_ count: Int, keeping limit: Int) {
        guard count > 0 else { return }
        hasBeenSent = true
        sentBytes += UInt64(count)
        sent += count
        if !isWhole || bytes.count > limit { forgetSent() }
    }

    /// Forgets what was sent: there will be no other attempt.
    mutating func forgetSent() {
        guard sent > 0 else { return }
        isWhole = false
        bytes.removeFirst(sent)
        sent = 0
    }

    /// Begins another attempt.
    mutating func restart() {
        sent = 0
    }
}
