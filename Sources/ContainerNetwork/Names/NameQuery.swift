// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A question to a name server, read from a datagram that may hold anything; RFC 1035, section 4.
///
/// Only what a resolver sends is understood: a query with one question whose name is written out.
struct NameQuery: Hashable {
    /// What the asker knows its question by.
    var identifier: UInt16
    /// Whether the server is to ask others.
    var wantsRecursion: Bool
    /// The name in lower case, without the last dot.
    var name: String
    /// The type of record, such as 1 for an IPv4 address.
    var type: UInt16
    /// The class, 1 for the Internet.
    var recordClass: UInt16
    /// The question's own bytes, which the answer repeats.
    var question: [UInt8]

    /// The size of a message's header.
    static let headerSize = 12
    /// The longest name as it is sent, and the longest label.
    static let longestName = 255
    static let longestLabel = 63

    static let ipv4Type: UInt16 = 1
    static let ipv6Type: UInt16 = 28
    static let pointerType: UInt16 = 12
    static let anyType: UInt16 = 255
    static let internet: UInt16 = 1

    /// Reads a query; nil for what is none.
    init?(_ message: [UInt8]) {
        guard message.count > Self.headerSize else { return nil }
        let flags = message[2]
        // A query, of the standard kind, not truncated, with one question.
        guard flags & 0b1111_1010 == 0, message[4] == 0, message[5] == 1 else { return nil }
        identifier = UInt16(message[0]) << 8 | UInt16(message[1])
        wantsRecursion = flags & 1 == 1
        guard let (name, end) = Self.readName(message, from: Self.headerSize), message.count >= end + 4 else {
            return nil
        }
        self.name = name
        type = UInt16(message[end]) << 8 | UInt16(message[end + 1])
        recordClass = UInt16(message[end + 2]) << 8 | UInt16(message[end + 3])
        question = Array(message[Self.headerSize..<end + 4])
    }

    /// Reads a name that is written out, and says where it ends.
    ///
    /// Bytes that are no printable ASCII become question marks: no name that is known here has them.
    private static func readName(_ message: [UInt8], from start: Int) -> (String, Int)? {
        var labels: [String] = []
        var position = start
        while position < message.count, position - start < longestName {
            let length = Int(message[position])
            position += 1
            if length == 0 { return (labels.joined(separator: "."), position) }
            // The two highest bits would make it a pointer, which a question has no use for.
            guard length <= longestLabel, position + length <= message.count else { return nil }
            let label = message[position..<position + length].map {
                (0x21...0x7E).contains($0) ? $0 : UInt8(ascii: "?")
            }
            labels.append(String(decoding: label, as: UTF8.self).lowercased())
            position += length
        }
        return nil
    }

    /// The address that a question about a pointer means, as `2.0.30.172.in-addr.arpa` does; nil for another name.
    var pointedAddress: IPAddress? {
        var labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count > 2, labels.removeLast() == "arpa" else { return nil }
        let zone = labels.removeLast()
        if zone == "in-addr", labels.count == 4 {
            let bytes = labels.reversed().compactMap { UInt8($0) }
            return bytes.count == 4 ? IPAddress(bytes: bytes) : nil
        }
        guard zone == "ip6", labels.count == 32 else { return nil }
        let digits = labels.reversed().compactMap { $0.utf8.count == 1 ? UInt8($0, radix: 16) : nil }
        guard digits.count == 32 else { return nil }
        return IPAddress(bytes: stride(from: 0, to: 32, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
    }
}
