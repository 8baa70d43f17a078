// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Writes values so that no two different sequences of them give the same bytes: each is led by its length.
struct CacheEncoder {
    private(set) var bytes: [UInt8] = []

    mutating func encode(_ number: UInt64) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func encode(_ flag: Bool) {
        bytes.append(flag ? 1 : 0)
    }

    mutating func encode(_ data: [UInt8]) {
        encode(UInt64(data.count))
        bytes += data
    }

    mutating func encode(_ text: String) {
        encode(Array(text.utf8))
    }

    /// A value that may be missing is not the same as an empty one.
    mutating func encode(_ data: [UInt8]?) {
        encode(data != nil)
        if let data { encode(data) }
    }

    mutating func encode(_ text: String?) {
        encode(text.map { Array($0.utf8) })
    }

    mutating func encode(_ number: UInt64?) {
        encode(number != nil)
        if let number { encode(number) }
    }

    mutating func encode(_ texts: [String]) {
        encode(UInt64(texts.count))
        for text in texts { encode(text) }
    }
}
