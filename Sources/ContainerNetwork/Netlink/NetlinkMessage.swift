// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A received netlink message.
struct NetlinkMessage {
    /// Ends a list.
    static let doneType: UInt16 = 3
    /// Holds an error number, 0 for success.
    static let errorType: UInt16 = 2
    private static let headerSize = 16

    var type: UInt16
    var flags: NetlinkFlags
    var sequence: UInt32
    /// What follows the header.
    var body: [UInt8]

    /// Takes received bytes apart.
    ///
    /// - Throws: ``NetworkError`` with code `malformedMessage` if a length does not fit.
    static func parse(_ bytes: [UInt8]) throws(NetworkError) -> [NetlinkMessage] {
        var messages: [NetlinkMessage] = []
        var reader = ByteReader(bytes[...])
        while reader.count >= headerSize {
            let start = reader
            let length = Int(try reader.number(as: UInt32.self))
            let type = try reader.number(as: UInt16.self)
            let flags = NetlinkFlags(rawValue: try reader.number())
            let sequence = try reader.number(as: UInt32.self)
            _ = try reader.number(as: UInt32.self)
            guard length >= headerSize else { throw .malformed("a message of \(length) bytes") }
            let body = try reader.take(length - headerSize)
            messages.append(NetlinkMessage(type: type, flags: flags, sequence: sequence, body: Array(body)))
            reader = start
            try reader.skip(min((length + 3) & ~3, reader.count))
        }
        return messages
    }

    /// The error number that an error message holds, as a positive number; nil for other messages.
    var errorNumber: CInt? {
        guard type == Self.errorType, body.count >= 4 else { return nil }
        return -body.withUnsafeBytes { $0.loadUnaligned(as: Int32.self) }
    }

    /// The attributes behind a fixed part of the given size.
    func attributes(after fixedSize: Int) throws(NetworkError) -> NetlinkAttributes {
        guard fixedSize <= body.count else { throw .malformed("a message body of \(body.count) bytes") }
        return try NetlinkAttributes(body[fixedSize...])
    }
}

extension NetworkError {
    /// The kernel said something that can't be.
    static func malformed(_ what: String) -> NetworkError {
        NetworkError(.malformedMessage, "the kernel's answer is not understood: \(what)")
    }
}
