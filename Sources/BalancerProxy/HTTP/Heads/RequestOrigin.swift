// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Where a request came from.
struct RequestOrigin {
    /// The client's address; nil if it has none, as on most Unix sockets.
    var peer: StreamAddress?
    /// Whether it came over TLS.
    var isSecure: Bool
}

extension ByteQueue {
    /// Adds an IP address without its port: `192.0.2.7`, or `2001:db8::7`.
    mutating func append(host address: StreamAddress) {
        switch address {
        case .ipv4(let bytes, _):
            for index in 0..<4 {
                if index > 0 { append(byte: UInt8(ascii: ".")) }
                append(number: UInt64(bytes[index]))
            }
        case .ipv6:
            let text = address.description.utf8
            let end = text.lastIndex(of: UInt8(ascii: "]")) ?? text.endIndex
            append(text: String(Substring(text[text.startIndex..<end].dropFirst().prefix { $0 != UInt8(ascii: "%") })))
        case .unix:
            append("unknown")
        }
    }
}
