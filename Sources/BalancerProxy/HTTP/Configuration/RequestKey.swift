// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// What of a request decides where it goes, for policies that keep equal keys together such as `RingHash` and `Maglev`.
public struct RequestKey: Hashable, Sendable {
    enum Source: Hashable {
        case header([UInt8])
        case cookie([UInt8])
        case path
        case address
    }

    let source: Source

    /// The value of a header.
    ///
    /// - Parameter name: The header's name, in any case.
    /// - Returns: The key.
    public static func header(_ name: String) -> RequestKey {
        RequestKey(source: .header(Array(name.lowercased().utf8)))
    }

    /// The value of a cookie.
    ///
    /// - Parameter name: The cookie's name, which is sensitive to case.
    /// - Returns: The key.
    public static func cookie(_ name: String) -> RequestKey {
        RequestKey(source: .cookie(Array(name.utf8)))
    }

    /// The path, without the query.
    public static let path = RequestKey(source: .path)

    /// The client's address, without the port.
    public static let sourceAddress = RequestKey(source: .address)

    /// The key's hash for a request; nil if the request has no such thing.
    func hash(of head: RequestHead, _ message: MessageView, peer: StreamAddress?) -> UInt64? {
        switch source {
        case .header(let name): return message.first(name).map { XXHash64.hash($0) }
        case .cookie(let name): return CookieReader.find(name, in: message).map { XXHash64.hash($0) }
        case .path:
            let target = message.bytes[head.target]
            let end = target.firstIndex(of: UInt8(ascii: "?")) ?? target.count
            return XXHash64.hash(target.part(0..<end))
        case .address: return peer.map(Self.hash)
        }
    }

    private static func hash(_ peer: StreamAddress) -> UInt64 {
        switch peer {
        case .ipv4(let bytes, _): withUnsafeBytes(of: bytes) { XXHash64.hash($0) }
        case .ipv6(let bytes, _, _): withUnsafeBytes(of: bytes) { XXHash64.hash($0) }
        case .unix(let path): XXHash64.hash(path)
        }
    }
}

/// Finds cookies in a request, RFC 6265 section 4.2.
enum CookieReader {
    /// The value of a cookie; nil if the client has sent none of that name.
    static func find(_ name: [UInt8], in message: MessageView) -> UnsafeRawBufferPointer? {
        for index in 0..<message.count where message.fields[index].kind == .cookie {
            if let value = find(name, in: message.value(index)) { return value }
        }
        return nil
    }

    private static func find(_ name: [UInt8], in cookies: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        var first = 0
        for index in 0...cookies.count where index == cookies.count || cookies[index] == UInt8(ascii: ";") {
            let pair = cookies.part(first..<index).trimmed
            first = index + 1
            guard pair.count > name.count, pair[name.count] == UInt8(ascii: "="), pair.starts(with: name) else {
                continue
            }
            return pair.from(name.count + 1)
        }
        return nil
    }
}
