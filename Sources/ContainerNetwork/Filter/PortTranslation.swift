// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A port of the host that leads to a container's address.
public struct PortTranslation: Hashable, Sendable {
    /// The host's address; nil for all of the target's kind.
    public var hostAddress: IPAddress?
    /// The host's port.
    public var hostPort: UInt16
    /// The transport.
    public var transport: TransportProtocol
    /// The container's address.
    public var target: IPAddress
    /// The container's port.
    public var targetPort: UInt16

    /// Creates a published port.
    ///
    /// - Parameters:
    ///   - hostAddress: The host's address; nil for all of the target's kind.
    ///   - hostPort: The host's port.
    ///   - transport: The transport.
    ///   - target: The container's address.
    ///   - targetPort: The container's port.
    public init(
        hostAddress: IPAddress? = nil,
        hostPort: UInt16,
        transport: TransportProtocol = .tcp,
        target: IPAddress,
        targetPort: UInt16
    ) {
        self.hostAddress = hostAddress
        self.hostPort = hostPort
        self.transport = transport
        self.target = target
        self.targetPort = targetPort
    }
}
