// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The attributes of a netlink message, by their type.
struct NetlinkAttributes {
    /// The two high bits of a type say how its content is coded.
    private static let typeMask: UInt16 = 0x3FFF

    private var contents: [UInt16: ArraySlice<UInt8>] = [:]

    /// Takes attributes apart; of two of one type the later holds.
    init(_ bytes: ArraySlice<UInt8>) throws(NetworkError) {
        var reader = ByteReader(bytes)
        while reader.count >= 4 {
            let length = Int(try reader.number(as: UInt16.self))
            let type = try reader.number(as: UInt16.self) & Self.typeMask
            guard length >= 4 else { throw .malformed("an attribute of \(length) bytes") }
            contents[type] = try reader.take(length - 4)
            try reader.skip(min(-length & 3, reader.count))
        }
    }

    /// The content of an attribute.
    subscript(type: UInt16) -> ArraySlice<UInt8>? { contents[type] }

    /// A number; nil if it is absent or of another size.
    func number<Number: FixedWidthInteger & BitwiseCopyable>(_ type: UInt16, as: Number.Type = Number.self) -> Number? {
        guard let content = contents[type], content.count == MemoryLayout<Number>.size else { return nil }
        return content.withUnsafeBytes { $0.loadUnaligned(as: Number.self) }
    }

    /// A string, up to its NUL.
    func string(_ type: UInt16) -> String? {
        contents[type].map { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// The attributes within an attribute.
    func nested(_ type: UInt16) throws(NetworkError) -> NetlinkAttributes? {
        guard let content = contents[type] else { return nil }
        return try NetlinkAttributes(content)
    }
}
