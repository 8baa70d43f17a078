// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Bytes that were received and that the other side would not take yet.
///
/// A flow reads nothing while it has some, so there is at most one read's worth for each direction.
struct Leftover: ~Copyable {
    private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var sent = 0

    deinit {
        memory.deallocate()
    }

    var isEmpty: Bool { sent == memory.count }

    /// The bytes that are still to be sent.
    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: memory[sent...])
    }

    /// Keeps bytes; there must be none.
    mutating func keep(_ bytes: UnsafeRawBufferPointer) {
        memory = .allocate(byteCount: bytes.count, alignment: 1)
        memory.copyMemory(from: bytes)
        sent = 0
    }

    /// Notes that some were sent, and gives the memory back with the last.
    mutating func advance(by count: Int) {
        sent += count
        guard isEmpty else { return }
        memory.deallocate()
        memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        sent = 0
    }
}
