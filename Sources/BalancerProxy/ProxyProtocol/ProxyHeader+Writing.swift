// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension ProxyHeader {
    /// Writes the header in a version; what is no pair of IP addresses of one family is written as unknown.
    func write(_ version: ProxyProtocolVersion, to queue: inout ByteQueue) {
        if version == .v1 { writeLine(to: &queue) } else { writeBinary(to: &queue) }
    }

    private func writeLine(to queue: inout ByteQueue) {
        switch (source, destination) {
        case (.ipv4(_, let from)?, .ipv4(_, let to)?): write("TCP4", from, to, &queue)
        case (.ipv6(_, let from, _)?, .ipv6(_, let to, _)?): write("TCP6", from, to, &queue)
        default: queue.append("PROXY UNKNOWN\r\n")
        }
    }

    private func write(_ family: StaticString, _ from: UInt16, _ to: UInt16, _ queue: inout ByteQueue) {
        guard let source, let destination else { return }
        queue.append("PROXY ")
        queue.append(family)
        queue.append(" ")
        queue.append(host: source)
        queue.append(" ")
        queue.append(host: destination)
        queue.append(" ")
        queue.append(number: UInt64(from))
        queue.append(" ")
        queue.append(number: UInt64(to))
        queue.append("\r\n")
    }

    private func writeBinary(to queue: inout ByteQueue) {
        Self.signature.withUnsafeBytes { queue.append($0) }
        switch (source, destination) {
        case (.ipv4(let from, let fromPort)?, .ipv4(let to, let toPort)?):
            write([0x21, 0x11, 0, 12], from, to, fromPort, toPort, &queue)
        case (.ipv6(let from, let fromPort, _)?, .ipv6(let to, let toPort, _)?):
            write([0x21, 0x21, 0, 36], from, to, fromPort, toPort, &queue)
        default:
            // LOCAL: the connection is the proxy's own.
            ([0x20, 0, 0, 0] as [UInt8]).withUnsafeBytes { queue.append($0) }
        }
    }

    private func write<IP>(
        _ head: [UInt8],
        _ from: IP,
        _ to: IP,
        _ fromPort: UInt16,
        _ toPort: UInt16,
        _ queue: inout ByteQueue
    ) {
        head.withUnsafeBytes { queue.append($0) }
        withUnsafeBytes(of: from) { queue.append($0) }
        withUnsafeBytes(of: to) { queue.append($0) }
        withUnsafeBytes(of: fromPort.bigEndian) { queue.append($0) }
        withUnsafeBytes(of: toPort.bigEndian) { queue.append($0) }
    }
}
