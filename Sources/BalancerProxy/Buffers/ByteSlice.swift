// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A run of bytes within a message's head, by its place.
struct ByteSlice: Hashable {
    var start: UInt32
    var count: UInt32

    static let empty = ByteSlice(start: 0, count: 0)

    init(start: UInt32, count: UInt32) {
        self.start = start
        self.count = count
    }

    init(_ range: Range<Int>) {
        start = UInt32(truncatingIfNeeded: range.lowerBound)
        count = UInt32(truncatingIfNeeded: range.count)
    }

    var isEmpty: Bool { count == 0 }
}

extension UnsafeRawBufferPointer {
    /// The bytes of a slice.
    subscript(slice: ByteSlice) -> UnsafeRawBufferPointer {
        guard let baseAddress else { return self }
        return UnsafeRawBufferPointer(start: baseAddress + Int(slice.start), count: Int(slice.count))
    }

    /// The bytes from a place on.
    func from(_ position: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[position...])
    }

    /// The bytes of a range.
    func part(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[range])
    }

    /// Whether the bytes are this text, which is written in lower case, in whatever case they are.
    func matches(_ lowercase: StaticString) -> Bool {
        guard count == lowercase.utf8CodeUnitCount else { return false }
        let other = lowercase.utf8Start
        for index in 0..<count {
            guard ASCII.lowercase(self[index]) == other[index] else { return false }
        }
        return true
    }

    /// Whether the bytes are exactly this text.
    func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        let other = text.utf8Start
        for index in 0..<count {
            guard self[index] == other[index] else { return false }
        }
        return true
    }

    /// Whether the bytes begin with exactly this text.
    func begins(with text: StaticString) -> Bool {
        count >= text.utf8CodeUnitCount && part(0..<text.utf8CodeUnitCount).equals(text)
    }

    /// Whether two runs of bytes are the same but for case.
    func matches(_ other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        for index in 0..<count {
            guard ASCII.lowercase(self[index]) == ASCII.lowercase(other[index]) else { return false }
        }
        return true
    }

    /// The bytes without spaces and tabs at both ends.
    var trimmed: UnsafeRawBufferPointer {
        var first = 0
        var last = count
        while first < last, ASCII.isBlank(self[first]) { first += 1 }
        while last > first, ASCII.isBlank(self[last - 1]) { last -= 1 }
        return part(first..<last)
    }

    /// The bytes as text.
    var text: String { String(decoding: self, as: UTF8.self) }

    /// Calls `body` with each element of a list with commas between, without blanks around it.
    func forEachElement(_ body: (UnsafeRawBufferPointer) -> Void) {
        var first = 0
        for index in 0...count where index == count || self[index] == UInt8(ascii: ",") {
            let element = part(first..<index).trimmed
            if element.count > 0 { body(element) }
            first = index + 1
        }
    }
}
