// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension ManagedContainer {
    /// Whether the container's program takes TCP connections on a port of its own at this moment.
    ///
    /// - Parameter port: The port in the container.
    /// - Returns: Whether it does; never for a container that has the network of the host or of another.
    @concurrent public func answers(on port: UInt16) async -> Bool {
        switch connection.reach {
        case .none: return false
        case .loopback:
            guard let namespace = connection.namespace else { return false }
            return await PortProbe.answers(in: namespace, port: port)
        case .address(let address): return await PortProbe.answers(address, port: port)
        }
    }
}
