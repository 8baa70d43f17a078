// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

extension StreamAddress: CustomStringConvertible {
    /// Reads `127.0.0.1:80`, `[::1]:80`, `[fe80::1%2]:80` or `unix:/run/app.sock`.
    ///
    /// - Parameter text: The address.
    /// - Throws: ``ProxyError`` with code `invalidAddress` that says what is wrong with it.
    public init(_ text: String) throws(ProxyError) {
        if text.hasPrefix("unix:") {
            self = try Self.readPath(String(text.dropFirst(5)), of: text)
            return
        }
        guard let colon = text.lastIndex(of: ":") else {
            throw Self.invalid(text, "a port is missing; write host:port")
        }
        try self.init(ip: String(text[..<colon]), port: Self.readPort(text[text.index(after: colon)...], of: text))
    }

    /// Takes an IP address and a port.
    ///
    /// - Parameters:
    ///   - ip: An IPv4 address, or an IPv6 address with or without brackets.
    ///   - port: The port.
    /// - Throws: ``ProxyError`` with code `invalidAddress`.
    public init(ip: String, port: UInt16) throws(ProxyError) {
        if ip.hasPrefix("["), ip.hasSuffix("]"), let address = Self.readIPv6(String(ip.dropFirst().dropLast()), port) {
            self = address
        } else if let address = Self.readIPv4(ip, port) ?? Self.readIPv6(ip, port) {
            self = address
        } else {
            throw Self.invalid(ip, "it is neither an IPv4 nor an IPv6 address")
        }
    }

    /// The address as it is written.
    public var description: String {
        switch self {
        case .ipv4(let bytes, let port):
            "\(bytes[0]).\(bytes[1]).\(bytes[2]).\(bytes[3]):\(port)"
        case .ipv6(let bytes, let port, let scope):
            "[\(Self.write(bytes))\(scope == 0 ? "" : "%\(scope)")]:\(port)"
        case .unix(let path):
            "unix:\(path)"
        }
    }

    private static func invalid(_ text: String, _ reason: String) -> ProxyError {
        ProxyError(.invalidAddress, "'\(text)' is not an address: \(reason)")
    }

    private static func readPath(_ path: String, of text: String) throws(ProxyError) -> StreamAddress {
        guard path.hasPrefix("/") else { throw invalid(text, "the path of a Unix socket begins with /") }
        guard path.utf8.count < UnixPath.capacity else {
            throw invalid(text, "the path of a Unix socket has at most \(UnixPath.capacity - 1) bytes")
        }
        guard !path.utf8.contains(0) else { throw invalid(text, "it holds a NUL") }
        return .unix(path: path)
    }

    private static func readPort(_ digits: Substring, of text: String) throws(ProxyError) -> UInt16 {
        guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let port = UInt16(digits) else {
            throw invalid(text, "'\(digits)' is not a port from 0 to 65535")
        }
        return port
    }

    private static func readIPv4(_ text: String, _ port: UInt16) -> StreamAddress? {
        var bytes = SIMD4<UInt8>()
        guard inet_pton(AF_INET, text, &bytes) == 1 else { return nil }
        return .ipv4(bytes, port: port)
    }

    private static func readIPv6(_ text: String, _ port: UInt16) -> StreamAddress? {
        let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        var bytes = SIMD16<UInt8>()
        guard inet_pton(AF_INET6, String(parts[0]), &bytes) == 1 else { return nil }
        guard parts.count == 2 else { return .ipv6(bytes, port: port, scope: 0) }
        let scope = UInt32(parts[1]) ?? if_nametoindex(String(parts[1]))
        return scope == 0 ? nil : .ipv6(bytes, port: port, scope: scope)
    }

    private static func write(_ bytes: SIMD16<UInt8>) -> String {
        var bytes = bytes
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { text in
            guard let start = text.baseAddress,
                let written = inet_ntop(AF_INET6, &bytes, start, socklen_t(text.count))
            else { return "?" }
            return String(cString: written)
        }
    }
}
