// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension ManagedContainer {
    /// Whether the container's program takes TCP connections on a port of its own at this moment.
    ///
    /// - Parameter port: The port in the container.
    /// - Returns: Whether it does; never for a container that has the network of the host or of another.
    public func answers(on port: UInt16) -> Bool {
        switch connection.reach {
        case .none: false
        case .loopback: connection.namespace.map { PortProbe.answers(in: $0, port: port) } ?? false
        case .address(let address): PortProbe.answers(address, port: port)
        }
    }
}
