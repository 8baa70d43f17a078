// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// Bytes that wait in memory until they are sent or understood; holds no memory while it is empty.
struct ByteQueue: ~Copyable {
    private static let smallest = 512

    private var memory: UnsafeMutableRawPointer?
    private var capacity = 0
    private var start = 0
    private var end = 0

    deinit {
        free(memory)
    }

    var count: Int { end - start }

    var isEmpty: Bool { start == end }

    /// The bytes, valid until the next change.
    var bytes: UnsafeRawBufferPointer {
        guard let memory, end > start else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(start: memory + start, count: end - start)
    }

    /// Takes all out.
    mutating func take() -> ByteQueue {
        let taken = self
        self = ByteQueue()
        return taken
    }

    // MARK: Adding

    /// Makes room for so many bytes at once, where more than a few are to be added.
    mutating func reserve(_ count: Int) {
        _ = room(for: count)
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        room(for: bytes.count).copyMemory(from: source, byteCount: bytes.count)
        end += bytes.count
    }

    mutating func append(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func append(text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    mutating func append(byte: UInt8) {
        room(for: 1).storeBytes(of: byte, as: UInt8.self)
        end += 1
    }

    /// Adds a number in the digits of a base from 2 to 16.
    mutating func append(number: UInt64, base: UInt64 = 10) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { digits in
            var rest = number
            var first = digits.count
            repeat {
                let digit = UInt8(truncatingIfNeeded: rest % base)
                first -= 1
                digits[first] = digit < 10 ? digit + UInt8(ascii: "0") : digit - 10 + UInt8(ascii: "a")
                rest /= base
            } while rest > 0
            append(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(digits)[first...]))
        }
    }

    // MARK: Removing

    /// Removes bytes at the front; with the last of them the memory is given back.
    mutating func removeFirst(_ count: Int) {
        start += count
        if start >= end { clear() }
    }

    /// Removes all, and gives the memory back.
    mutating func clear() {
        free(memory)
        memory = nil
        capacity = 0
        start = 0
        end = 0
    }

    /// Makes room behind the last byte; mostly it is there already.
    @inline(__always)
    private mutating func room(for count: Int) -> UnsafeMutableRawPointer {
        if let memory, end + count <= capacity { return memory + end }
        return grow(by: count)
    }

    @inline(never)
    private mutating func grow(by count: Int) -> UnsafeMutableRawPointer {
        let kept = end - start
        var size = max(Self.smallest, capacity)
        while size < kept + count { size *= 2 }
        if let memory, size == capacity {
            memory.copyMemory(from: memory + start, byteCount: kept)
            start = 0
            end = kept
            return memory + kept
        }
        // Not by `allocate`, which takes the slower posix_memalign for any alignment that is stated.
        guard let larger = malloc(size) else { fatalError("no memory for \(size) bytes") }
        if let memory {
            larger.copyMemory(from: memory + start, byteCount: kept)
            free(memory)
        }
        memory = larger
        capacity = size
        start = 0
        end = kept
        return larger + kept
    }
}
