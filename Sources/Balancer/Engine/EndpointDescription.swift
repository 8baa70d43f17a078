// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// One endpoint as it was described to a balancer, all but its address.
///
/// Shared by everything that speaks of the endpoint, so that a set of a hundred thousand is passed on by counting one
/// reference for each; and free of the address's type, so that what handles sets need not be generic.
@usableFromInline
class EndpointDescription: @unchecked Sendable {
    // Unchecked because a class that can be inherited from is not checked: it has constants only.
    @usableFromInline let id: String
    @usableFromInline let weight: UInt32
    @usableFromInline let priority: Int
    @usableFromInline let locality: Locality
    @usableFromInline let labels: [String: String]

    @inlinable
    init(id: String, weight: UInt32, priority: Int, locality: Locality, labels: [String: String]) {
        self.id = id
        self.weight = weight
        self.priority = priority
        self.locality = locality
        self.labels = labels
    }

    /// The same endpoint with another weight.
    func reweighted(_ weight: UInt32) -> EndpointDescription {
        EndpointDescription(id: id, weight: weight, priority: priority, locality: locality, labels: labels)
    }
}

/// One endpoint as it was described to a balancer.
@usableFromInline
final class EndpointRecord<Address: Sendable>: EndpointDescription, @unchecked Sendable {
    // Unchecked as its superclass is: the address is a constant too.
    @usableFromInline let address: Address

    @inlinable
    init(_ endpoint: Endpoint<Address>) {
        address = endpoint.address
        super.init(
            id: endpoint.id,
            weight: endpoint.weight,
            priority: endpoint.priority,
            locality: endpoint.locality,
            labels: endpoint.labels
        )
    }

    /// The endpoint in the caller's terms.
    var endpoint: Endpoint<Address> {
        Endpoint(id: id, address: address, weight: weight, priority: priority, locality: locality, labels: labels)
    }

    override func reweighted(_ weight: UInt32) -> EndpointDescription {
        var changed = endpoint
        changed.weight = weight
        return EndpointRecord(changed)
    }
}
