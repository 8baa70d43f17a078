// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension PortMapping {
    /// Reads a published port: `[[ip:][hostPort[-last]]:]containerPort[-last][/tcp|udp]`.
    ///
    /// Ranges of equal length are mapped one to one. A range of host ports for one container port means that one free
    /// port of them is taken. IPv6 addresses stand in brackets.
    ///
    /// - Parameter text: What was written behind `-p`.
    /// - Returns: One mapping for each container port.
    /// - Throws: ``NetworkError`` with code `invalidPortMapping` that says what is wrong.
    public static func parse(_ text: String) throws(NetworkError) -> [PortMapping] {
        try PortMappingParser(text).parse()
    }
}

/// Takes a published port apart.
private struct PortMappingParser {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    func parse() throws(NetworkError) -> [PortMapping] {
        let (ports, transport) = try splitTransport()
        let (address, rest) = try splitAddress(ports)
        let fields = rest.split(separator: ":", omittingEmptySubsequences: false)
        guard fields.count <= 2, let last = fields.last else { throw refuse("it has too many colons") }
        guard !last.isEmpty else { throw refuse("the container's port is missing") }
        let containerPorts = try range(last, of: "container", from: 1)
        let hostPorts = fields.count == 2 && !fields[0].isEmpty ? try range(fields[0], of: "host", from: 0) : nil
        return try combine(address, hostPorts, containerPorts, transport)
    }

    private func refuse(_ reason: String) -> NetworkError {
        NetworkError(.invalidPortMapping, "'\(text)' is not a published port: \(reason)")
    }

    private func splitTransport() throws(NetworkError) -> (Substring, TransportProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { throw refuse("it has more than one /") }
        guard parts.count == 2 else { return (text[...], .tcp) }
        guard let transport = TransportProtocol(rawValue: parts[1].lowercased()) else {
            throw refuse("the protocol is tcp or udp, not '\(parts[1])'")
        }
        return (parts[0], transport)
    }

    /// Takes the address off the front; there is one if there are brackets or two further colons.
    private func splitAddress(_ ports: Substring) throws(NetworkError) -> (IPAddress?, Substring) {
        if ports.hasPrefix("[") {
            guard let end = ports.firstIndex(of: "]") else { throw refuse("a ] is missing") }
            let rest = ports[ports.index(after: end)...]
            guard rest.hasPrefix(":") else { throw refuse("a colon must follow the address") }
            return (try address(ports[ports.index(after: ports.startIndex)..<end], wantsIPv6: true), rest.dropFirst())
        }
        let colons = ports.filter { $0 == ":" }.count
        guard colons >= 2, let colon = ports.firstIndex(of: ":") else { return (nil, ports) }
        guard colons == 2 else { throw refuse(Self.excess(of: ports)) }
        let text = ports[..<colon]
        return (text.isEmpty ? nil : try address(text, wantsIPv6: false), ports[ports.index(after: colon)...])
    }

    /// What is wrong with more than three fields.
    private static func excess(of ports: Substring) -> String {
        let fields = ports.split(separator: ":", omittingEmptySubsequences: false)
        let isIPv6 = (0...2).contains { IPAddress(fields.dropLast($0).joined(separator: ":")) != nil }
        return isIPv6
            ? "an IPv6 address stands in brackets, as in [::1]:8080:80"
            : "it has \(fields.count) parts, of which there are three at most: ADDRESS:HOST-PORT:PORT"
    }

    private func address(_ text: Substring, wantsIPv6: Bool) throws(NetworkError) -> IPAddress {
        guard let address = IPAddress(String(text)) else { throw refuse("'\(text)' is not an IP address") }
        guard address.isIPv6 == wantsIPv6 else { throw refuse("only IPv6 addresses stand in brackets") }
        return address
    }

    private func range(
        _ text: Substring,
        of whose: String,
        from least: UInt16
    ) throws(NetworkError) -> ClosedRange<UInt16> {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count <= 2 else { throw refuse("'\(text)' is not a range of ports") }
        let first = try port(ends[0], of: whose, from: least)
        let last = ends.count == 2 ? try port(ends[1], of: whose, from: least) : first
        guard first <= last else { throw refuse("the range \(text) ends before it begins") }
        guard first > 0 || last == 0 else { throw refuse("a range of host ports begins at 1 or later") }
        return first...last
    }

    private func port(_ digits: Substring, of whose: String, from least: UInt16) throws(NetworkError) -> UInt16 {
        guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            let port = UInt16(digits), port >= least
        else { throw refuse("the \(whose)'s port '\(digits)' is not a number from \(least) to 65535") }
        return port
    }

    private func combine(
        _ address: IPAddress?,
        _ host: ClosedRange<UInt16>?,
        _ container: ClosedRange<UInt16>,
        _ transport: TransportProtocol
    ) throws(NetworkError) -> [PortMapping] {
        let host = host == 0...0 ? nil : host
        if let host, host.count != container.count, container.count != 1 {
            throw refuse("\(host.count) host ports can't be mapped to \(container.count) container ports")
        }
        return container.map { port in
            var mapping = PortMapping(hostAddress: address, containerPort: port, transport: transport)
            if let host, container.count == 1 {
                mapping.hostPorts = host
            } else if let host {
                let own = host.lowerBound + (port - container.lowerBound)
                mapping.hostPorts = own...own
            }
            return mapping
        }
    }
}
