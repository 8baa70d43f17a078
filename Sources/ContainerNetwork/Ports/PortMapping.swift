// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A port of a container that is reachable on the host: what `-p` says.
///
/// ```swift
/// try PortMapping.parse("8080:80")                       // one mapping, on every address of the host
/// try PortMapping.parse("127.0.0.1:8000-8001:80-81/udp") // two mappings
/// try PortMapping.parse("80")                            // the host's port is chosen when the container starts
/// ```
public struct PortMapping: Hashable, Sendable {
    /// The host's address on which it is published; nil for all, IPv4 and IPv6.
    public var hostAddress: IPAddress?
    /// The host's ports of which one is taken; nil for a free one of the kernel's choice.
    public var hostPorts: ClosedRange<UInt16>?
    /// The port within the container.
    public var containerPort: UInt16
    /// The transport.
    public var transport: TransportProtocol

    /// Creates a mapping.
    ///
    /// - Parameters:
    ///   - hostAddress: The host's address; nil for all.
    ///   - hostPort: The host's port; nil for a free one.
    ///   - containerPort: The port within the container.
    ///   - transport: The transport.
    public init(
        hostAddress: IPAddress? = nil,
        hostPort: UInt16? = nil,
        containerPort: UInt16,
        transport: TransportProtocol = .tcp
    ) {
        self.hostAddress = hostAddress
        hostPorts = hostPort.map { $0...$0 }
        self.containerPort = containerPort
        self.transport = transport
    }

    /// The host's port, if it is settled: one was stated.
    public var hostPort: UInt16? {
        guard let hostPorts, hostPorts.count == 1 else { return nil }
        return hostPorts.lowerBound
    }
}

extension PortMapping: CustomStringConvertible {
    /// The mapping as `-p` takes it.
    public var description: String {
        var text = ""
        if let hostAddress { text += hostAddress.isIPv6 ? "[\(hostAddress)]:" : "\(hostAddress):" }
        if let hostPorts {
            text += hostPorts.count == 1 ? "\(hostPorts.lowerBound)" : "\(hostPorts.lowerBound)-\(hostPorts.upperBound)"
            text += ":"
        } else if hostAddress != nil {
            text += ":"
        }
        return "\(text)\(containerPort)/\(transport.rawValue)"
    }
}
