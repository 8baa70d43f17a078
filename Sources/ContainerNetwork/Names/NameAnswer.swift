// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a name server says to a question; RFC 1035, section 4.1.
struct NameAnswer: Hashable {
    /// How it went.
    enum Outcome: UInt8 {
        case found = 0
        case serverFailure = 2
        case noSuchName = 3
        case refused = 5
    }

    /// What is known under a name.
    enum Record: Hashable {
        case address(IPAddress)
        case pointer(String)
    }

    var outcome: Outcome
    var records: [Record] = []

    /// How long an answer may be kept, in seconds: containers come and go.
    private static let timeToLive: UInt32 = 2
    /// The largest datagram that every resolver takes.
    private static let largestMessage = 512

    /// The answer as a message; records that have no place in a datagram are left out, for each does as well.
    func message(to query: NameQuery) -> [UInt8] {
        var body: [UInt8] = []
        var count: UInt16 = 0
        let room = Self.largestMessage - NameQuery.headerSize - query.question.count
        for record in records {
            let bytes = Self.encode(record)
            guard body.count + bytes.count <= room else { break }
            body += bytes
            count += 1
        }
        var message = [UInt8(query.identifier >> 8), UInt8(query.identifier & 0xFF)]
        message.append(0x84 | (query.wantsRecursion ? 1 : 0))
        message.append(0x80 | outcome.rawValue)
        message += [0, 1, UInt8(count >> 8), UInt8(count & 0xFF), 0, 0, 0, 0]
        return message + query.question + body
    }

    private static func encode(_ record: Record) -> [UInt8] {
        let (type, data): (UInt16, [UInt8]) =
            switch record {
            case .address(let address): (address.isIPv6 ? NameQuery.ipv6Type : NameQuery.ipv4Type, address.bytes)
            case .pointer(let name): (NameQuery.pointerType, encode(name: name))
            }
        // The name is the question's, by a pointer to where the question begins.
        var bytes: [UInt8] = [0xC0, UInt8(NameQuery.headerSize)]
        for number in [type, NameQuery.internet] { bytes += [UInt8(number >> 8), UInt8(number & 0xFF)] }
        for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: timeToLive >> UInt32(shift))) }
        return bytes + [UInt8(data.count >> 8), UInt8(data.count & 0xFF)] + data
    }

    private static func encode(name: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for label in name.split(separator: ".") {
            let part = Array(label.utf8.prefix(NameQuery.longestLabel))
            guard bytes.count + part.count + 2 <= NameQuery.longestName else { break }
            bytes.append(UInt8(part.count))
            bytes += part
        }
        return bytes + [0]
    }
}
