// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerNetwork

/// The containers that are connected to a network, and which addresses come next; pure.
struct NetworkEndpoints: Sendable, Hashable, Codable {
    /// By the containers' identifiers.
    var places: [String: NetworkEndpoint] = [:]
    /// Where the search for the next free address begins, for each subnet.
    var cursors: [UInt64] = []

    /// Finds addresses for a container.
    ///
    /// - Parameters:
    ///   - wanted: Those that it must have.
    ///   - subnets: The network's.
    /// - Returns: An address for each subnet, with its gateway.
    /// - Throws: `NetworkError`: `alreadyExists` if one is another's, `invalidAddress`, or `addressesExhausted`.
    mutating func take(
        _ wanted: [IPAddress],
        from subnets: [IPPrefix]
    ) throws(NetworkError) -> (addresses: [IPPrefix], gateways: [IPAddress]) {
        if let stray = wanted.first(where: { address in !subnets.contains { $0.contains(address) } }) {
            throw .stray(stray)
        }
        var addresses: [IPPrefix] = []
        var gateways: [IPAddress] = []
        var next: [UInt64] = []
        for (index, subnet) in subnets.enumerated() {
            var pool = try AddressPool(subnet, next: index < cursors.count ? cursors[index] : 1)
            for place in places.values {
                for address in place.addresses where subnet.contains(address.address) {
                    try? pool.take(address.address)
                }
            }
            let address: IPAddress
            if let stated = wanted.first(where: subnet.contains) {
                try pool.take(stated)
                address = stated
            } else {
                address = try pool.take()
            }
            if let prefix = IPPrefix(address, length: subnet.length) { addresses.append(prefix) }
            gateways.append(pool.gateway)
            next.append(pool.next)
        }
        cursors = next
        return (addresses, gateways)
    }
}
