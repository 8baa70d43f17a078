// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// An ``EndpointEvent`` without the type of addresses.
@usableFromInline
enum RegistryEvent: Sendable {
    case add(EndpointDescription)
    case remove(id: String)
    case replaceAll([EndpointDescription])
    case setWeight(id: String, UInt32)
    case setHealth(id: String, EndpointHealth)
    case setDraining(id: String, Bool)

    @inlinable
    init<Address>(_ event: EndpointEvent<Address>) {
        self =
            switch event {
            case .add(let endpoint): .add(EndpointRecord(endpoint))
            case .remove(let id): .remove(id: id)
            case .replaceAll(let endpoints): .replaceAll(endpoints.map { EndpointRecord($0) })
            case .setWeight(let id, let weight): .setWeight(id: id, weight)
            case .setHealth(let id, let health): .setHealth(id: id, health)
            case .setDraining(let id, let isDraining): .setDraining(id: id, isDraining)
            }
    }
}
