// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// One place where work can go: a replica, a host, a process.
///
/// The balancer knows what it needs to decide; how to reach the place is the caller's own `Address`, which is carried and
/// never looked at.
public struct Endpoint<Address: Sendable>: Sendable, Identifiable {
    /// The unique name.
    ///
    /// An endpoint keeps its counters, health and history as long as its name stays in the set.
    public var id: String
    /// How to reach it.
    public var address: Address
    /// Its share of requests against the others' under weighted policies; 0 means that it takes no new requests.
    public var weight: UInt32
    /// Its level: requests go to level 0 while that is healthy enough, and spill over to 1, 2 and so on.
    public var priority: Int
    /// Where it stands, for zone-aware policies.
    public var locality: Locality
    /// Free labels, by which subset policies select.
    public var labels: [String: String]

    /// Creates an endpoint.
    ///
    /// - Parameters:
    ///   - id: The unique name.
    ///   - address: How to reach it.
    ///   - weight: Its share of requests; 1 by default.
    ///   - priority: Its level; 0, the first, by default.
    ///   - locality: Where it stands.
    ///   - labels: Free labels.
    public init(
        id: String,
        address: Address,
        weight: UInt32 = 1,
        priority: Int = 0,
        locality: Locality = .unknown,
        labels: [String: String] = [:]
    ) {
        self.id = id
        self.address = address
        self.weight = weight
        self.priority = priority
        self.locality = locality
        self.labels = labels
    }
}

extension Endpoint where Address == String {
    /// Creates an endpoint whose name is its address, such as `10.0.0.1:8080`.
    ///
    /// - Parameter address: The name and address.
    public init(_ address: String) {
        self.init(id: address, address: address)
    }
}
