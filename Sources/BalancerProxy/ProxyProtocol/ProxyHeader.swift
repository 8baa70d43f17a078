// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The header by which one proxy tells the next of the client behind it.
///
/// Source: "The PROXY protocol", versions 1 and 2, by HAProxy's author.
struct ProxyHeader: Hashable {
    /// Where the client comes from; nil if the proxy in front speaks for itself (`LOCAL`, `UNKNOWN`).
    var source: StreamAddress?
    /// What the client connected to.
    var destination: StreamAddress?

    /// What came of a look at a connection's first bytes.
    enum Reading: Hashable {
        case needsMore
        /// The header, and how many bytes it takes.
        case header(ProxyHeader, length: Int)
        case malformed
    }

    /// The first bytes of version 2.
    static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]
    /// The longest header of version 1, with its line's end.
    static let longestLine = 107
    /// The longest header of version 2 that is read, with what may follow the addresses.
    private static let longestBinary = 4096

    /// Reads a header of either version.
    static func read(_ bytes: UnsafeRawBufferPointer) -> Reading {
        guard let first = bytes.first else { return .needsMore }
        if first == UInt8(ascii: "P") { return readLine(bytes) }
        guard first == signature[0] else { return .malformed }
        return readBinary(bytes)
    }

    // MARK: Version 1

    private static func readLine(_ bytes: UnsafeRawBufferPointer) -> Reading {
        guard let end = bytes.firstIndex(of: ASCII.lineFeed) else {
            return bytes.count < longestLine ? .needsMore : .malformed
        }
        guard end < longestLine, end > 0, bytes[end - 1] == ASCII.carriageReturn else { return .malformed }
        let line = String(decoding: bytes.part(0..<end - 1), as: UTF8.self)
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count >= 2, words[0] == "PROXY" else { return .malformed }
        if words[1] == "UNKNOWN" { return .header(ProxyHeader(), length: end + 1) }
        guard words.count == 6, words[1] == "TCP4" || words[1] == "TCP6",
            let source = address(words[2], words[4], isSix: words[1] == "TCP6"),
            let destination = address(words[3], words[5], isSix: words[1] == "TCP6")
        else { return .malformed }
        return .header(ProxyHeader(source: source, destination: destination), length: end + 1)
    }

    private static func address(_ ip: Substring, _ port: Substring, isSix: Bool) -> StreamAddress? {
        guard let number = UInt16(port), String(number) == port,
            let address = try? StreamAddress(ip: String(ip), port: number)
        else { return nil }
        switch address {
        case .ipv4: return isSix ? nil : address
        case .ipv6(_, _, let scope): return isSix && scope == 0 ? address : nil
        case .unix: return nil
        }
    }

    // MARK: Version 2

    private static func readBinary(_ bytes: UnsafeRawBufferPointer) -> Reading {
        let known = min(bytes.count, signature.count)
        guard bytes.part(0..<known).elementsEqual(signature[..<known]) else { return .malformed }
        guard bytes.count >= 16 else { return .needsMore }
        let command = bytes[12]
        let length = 16 + Int(bytes[14]) << 8 + Int(bytes[15])
        guard command == 0x20 || command == 0x21, length <= longestBinary else { return .malformed }
        guard bytes.count >= length else { return .needsMore }
        if command == 0x20 { return .header(ProxyHeader(), length: length) }
        let body = bytes.part(16..<length)
        switch bytes[13] {
        case 0x11:
            guard body.count >= 12 else { return .malformed }
            return .header(
                ProxyHeader(source: four(body, 0, 8), destination: four(body, 4, 10)),
                length: length
            )
        case 0x21:
            guard body.count >= 36 else { return .malformed }
            return .header(
                ProxyHeader(source: six(body, 0, 32), destination: six(body, 16, 34)),
                length: length
            )
        default:
            return .header(ProxyHeader(), length: length)
        }
    }

    private static func port(_ body: UnsafeRawBufferPointer, _ place: Int) -> UInt16 {
        UInt16(body[place]) << 8 | UInt16(body[place + 1])
    }

    private static func four(_ body: UnsafeRawBufferPointer, _ place: Int, _ portPlace: Int) -> StreamAddress {
        .ipv4(body.loadUnaligned(fromByteOffset: place, as: SIMD4<UInt8>.self), port: port(body, portPlace))
    }

    private static func six(_ body: UnsafeRawBufferPointer, _ place: Int, _ portPlace: Int) -> StreamAddress {
        .ipv6(body.loadUnaligned(fromByteOffset: place, as: SIMD16<UInt8>.self), port: port(body, portPlace), scope: 0)
    }
}
