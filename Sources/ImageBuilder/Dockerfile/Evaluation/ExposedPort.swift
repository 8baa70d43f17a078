// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A port or range of `EXPOSE`: `port[-port][/protocol]`, and before it what should not be there, an address and a
/// port of the host.
package struct ExposedPort: Sendable, Equatable {
    /// The ports, as image configurations name them: `80/tcp`.
    package let ports: [String]
    /// The protocol as it is written.
    package let proto: String
    /// Whether an address or port of the host is named.
    package let namesHost: Bool

    package init(_ text: String) throws(ValueError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let address = parts.dropLast(2).joined(separator: ":")
        let hostPort = parts.count > 1 ? parts[parts.count - 2] : ""
        let (range, proto) = parts[parts.count - 1].cut(at: "/") ?? (parts[parts.count - 1], "")
        self.proto = proto.isEmpty ? "tcp" : proto
        namesHost = !address.isEmpty || !hostPort.isEmpty

        guard ["tcp", "udp", "sctp"].contains(self.proto.lowercased()) else {
            throw ValueError("\(text.inQuotes) names an unknown protocol: it must be tcp, udp or sctp")
        }
        let container = try Self.range(range, in: text)
        if !address.isEmpty, !Self.isAddress(address) {
            throw ValueError("\(text.inQuotes) begins with \(address), which is no IP address")
        }
        if !hostPort.isEmpty {
            let host = try Self.range(hostPort, in: text)
            guard container.count == 1 || container.count == host.count else {
                throw ValueError("the two ranges of \(text.inQuotes) must be of the same length")
            }
        }
        let suffix = self.proto.lowercased()
        ports = container.map { "\($0)/\(suffix)" }
    }

    private static func range(_ text: String, in whole: String) throws(ValueError) -> ClosedRange<UInt16> {
        let (first, last) = text.cut(at: "-") ?? (text, text)
        guard let first = UInt16(first), let last = UInt16(last), first <= last else {
            throw ValueError("\(whole.inQuotes) is no port or range of ports from 0 to 65535")
        }
        return first...last
    }

    /// Four numbers with dots, or groups of hexadecimal digits with colons, in brackets or not.
    private static func isAddress(_ text: String) -> Bool {
        var text = text[...]
        if text.first == "[", text.last == "]" { text = text.dropFirst().dropLast() }
        if !text.contains(":") {
            let numbers = text.split(separator: ".", omittingEmptySubsequences: false)
            return numbers.count == 4 && numbers.allSatisfy { UInt8($0) != nil }
        }
        let groups = text.split(separator: ":", omittingEmptySubsequences: false)
        return groups.count <= 9 && groups.allSatisfy { $0.isEmpty || UInt16($0, radix: 16) != nil }
    }
}
